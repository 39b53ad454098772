// A thousand files at once.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { png } from "../support/pictures.mjs";
import { SECOND, until } from "../support/wait.mjs";
import { links } from "./10-drop.mjs";

const COUNT = 1000;
const BAD = 500;
const MIB = 1024 * 1024;

export default async function many({ suite, desk, app, page, files, shoot }) {
  await suite.test("a thousand dropped files keep their order, one failure stays alone, the window stays alive", async () => {
    const folder = join(files, "thousand");
    mkdirSync(folder, { recursive: true });
    const names = Array.from({ length: COUNT }, (_, index) => `photo-${String(index).padStart(4, "0")}.png`);
    names.forEach((name, index) => {
      writeFileSync(join(folder, name), index === BAD ? "no picture at all" : png(48, 32, 1000 + index));
    });
    await page.clearUploads();
    const before = app.memory();

    await app.run(() => {
      // Times in which the page could not have answered a key.
      window.__gaps = { all: [], on: true };
      let last = performance.now();
      const tick = () => {
        const now = performance.now();
        window.__gaps.all.push(now - last);
        last = now;
        if (window.__gaps.on) setTimeout(tick, 10);
      };
      setTimeout(tick, 10);
    });
    const uris = names.map((name) => pathToFileURL(join(folder, name)).href);
    const isOver = () => app.run(() => document.querySelector(".is-dragover") !== null);
    await desk.drag(uris, { x: 450, y: 320 }, isOver);

    let most = 0;
    let shot = false;
    const text = await until(
      "all links are on the clipboard",
      async () => {
        most = Math.max(most, app.memory());
        if (!shot && (await page.count('[data-state="done"]')) > 0) {
          await shoot("30-thousand");
          shot = true;
        }
        const found = desk.clipboardText();
        return found.trim().split("\n").length === COUNT - 1 ? found : null;
      },
      { timeout: 240 * SECOND, every: 500 },
    );
    const wanted = names.filter((_, index) => index !== BAD).map((name) => name.replace(".png", ""));
    assert.deepEqual(links(text).map(([name]) => name), wanted, "in the order of the drop");
    const gaps = await app.run(() => {
      window.__gaps.on = false;
      return window.__gaps.all;
    });
    gaps.sort((a, b) => a - b);
    const [usual, longest] = [gaps[Math.floor(gaps.length * 0.95)], gaps.at(-1)].map(Math.round);
    console.log(`        page busy: 95 % under ${usual} ms, longest ${longest} ms`);
    console.log(`        memory ${Math.round(before / MIB)} -> ${Math.round(most / MIB)} MiB`);
    assert.ok(usual < 300, `the page is slow: 95 % of its turns take up to ${usual} ms`);
    // One long turn may be the computer's; a page that computes for seconds is not.
    assert.ok(longest < 5000, `the page stood still for ${longest} ms`);
    assert.ok(most - before < 400 * MIB, `it took ${Math.round((most - before) / MIB)} MiB more`);
    await page.shows('[data-testid="uploads-summary"]', "1 failed");
    await page.clearUploads();
  }, { limit: 400_000 });
}
