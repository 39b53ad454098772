// Both languages, both themes, and the smallest window.

import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { png } from "../support/pictures.mjs";
import { testid } from "../support/page.mjs";
import { until } from "../support/wait.mjs";

export default async function looks({ suite, desk, app, page, files, shoot }) {
  const resize = async (width, height) => {
    desk.xdotool("windowsize", desk.window("Hoist"), width, height);
    await until(`the page is ${width} wide`, () => app.run((w) => innerWidth === w, width));
  };
  /** Of the window alone: the README shows some of these. */
  const picture = (name) => shoot(name, desk.window("Hoist"));
  /** Nothing of the page may lie outside the window. */
  const fits = async () =>
    assert.equal(await app.run(() => document.documentElement.scrollWidth <= innerWidth), true, "no sideways scrolling");

  await suite.test("the window is right in Chinese, in the dark, and small", async () => {
    await page.clearUploads();
    const good = ["harbour-at-dawn.png", "night-market.png", "灯塔.png"];
    good.forEach((name, index) => writeFileSync(join(files, name), png(960, 640, 81 + index)));
    copyFileSync(new URL("../run.mjs", import.meta.url), join(files, "request-flow.png"));
    const paths = [...good, "request-flow.png"].map((name) => join(files, name));
    await app.invoke("upload_paths", { paths });
    await page.uploadEnds("request-flow.png", "failed");
    for (const name of good) await page.uploadEnds(name, "done");
    await page.shows(testid("toast"));
    await picture("20-main-light");

    await page.openSettings("general");
    await page.click(`${testid("field-theme")} [role="radio"]`, "Dark");
    await until("the theme", () => app.run(() => document.documentElement.dataset.theme === "dark"));
    await picture("21-settings-dark");
    await page.leaveSettings();
    await picture("22-main-dark");

    await page.setLanguage("zh-CN");
    await picture("23-main-dark-zh");
    await fits();
    await resize(640, 480);
    await fits();
    await picture("24-small-dark-zh");
    await page.setLanguage("en");
    await picture("25-small-dark-en");
    await fits();

    await page.openSettings("general");
    await page.click(`${testid("field-theme")} [role="radio"]`, "Light");
    await picture("26-small-settings");
    await fits();
    await page.leaveSettings();
    await resize(900, 640);
    const labels = await app.run(() =>
      [...document.querySelectorAll("button")].filter((b) => !(b.textContent.trim() || b.getAttribute("aria-label"))).length,
    );
    assert.equal(labels, 0, "every button has a name");
    await page.clearUploads();
  });
}
