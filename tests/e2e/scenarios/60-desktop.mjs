// Around the window: second launches, the tray, closing, the global shortcut.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { isAlive } from "../support/app.mjs";
import { png } from "../support/pictures.mjs";
import { run } from "../support/processes.mjs";
import { until } from "../support/wait.mjs";
import { fetched, links } from "./10-drop.mjs";

export default async function desktop({ suite, desk, app, page, files, shoot }) {
  const isVisible = () => desk.shows("Hoist");

  await suite.test("a second launch hands its files to the first and ends", async () => {
    await page.clearUploads();
    writeFileSync(join(files, "second launch.png"), png(110, 80, 70));
    // A relative path means the folder of the second launch.
    run(app.binary, ["second launch.png"], { env: app.env, cwd: files, timeout: 60_000 });
    await page.uploadEnds("second launch.png", "done");
    await desk.clipboardWhere("its link", (t) => t.includes("![second launch]"));
  });

  await suite.test("Ctrl+O asks for files with the system's dialog", async () => {
    const file = join(files, "chosen.png");
    writeFileSync(file, png(100, 70, 73));
    await desk.focus("Hoist");
    desk.key("ctrl+o");
    await desk.focus("Choose files to upload");
    await shoot("15-choose-files");
    await desk.choose("Choose files to upload", file);
    await page.uploadEnds("chosen.png", "done");
  });

  await suite.test("without a tray, closing the window ends the program", async () => {
    desk.xdotool("windowsize", desk.window("Hoist"), 1000, 700);
    await until("the page has grown", () => app.run(() => innerWidth === 1000 && innerHeight === 700));
    const { pid } = app;
    desk.close("Hoist");
    await until("the process has ended", () => !isAlive(pid));
    await app.detach();
    await app.start();
    await page.ready();
    await until("the window is as large as it was", () => app.run(() => innerWidth === 1000 && innerHeight === 700));
    desk.xdotool("windowsize", desk.window("Hoist"), 900, 640);
    await until("the page has shrunk", () => app.run(() => innerWidth === 900));
    const again = app.pid;
    desk.close("Hoist");
    await until("the process has ended", () => !isAlive(again));
    await app.detach();
    await app.start();
    await page.ready();
  });

  await suite.test("a first launch uploads the files it is given", async () => {
    await app.kill();
    const file = join(files, "first launch.png");
    writeFileSync(file, png(100, 70, 74));
    await app.start(file);
    await page.uploadEnds("first launch.png", "done");
  });

  await suite.test("a hidden start shows no window until a second launch", async () => {
    await app.kill();
    await app.start("--hidden");
    await page.ready();
    assert.ok(!isVisible());
    run(app.binary, [], { env: app.env, cwd: files, timeout: 60_000 });
    await until("the window", isVisible);
  });

  await suite.test("with a tray, closing keeps the program, and its menu opens the window again", async () => {
    await desk.openPanel();
    const { menu } = await until("the menu is in the tray", () => desk.askPanel("menu").catch(() => null));
    assert.deepEqual(menu.filter((line) => line.depth === 0).map((line) => line.label).slice(0, 2), ["Upload clipboard", "Choose files…"]);
    assert.ok(menu.some((line) => line.label === "Open Hoist"));
    await until("the close button hides the window", () => {
      if (isVisible()) desk.close("Hoist");
      return !isVisible();
    });
    assert.ok(app.isRunning, "the program stays");
    await desk.askPanel("click Open Hoist");
    await until("the window is back", isVisible);
    await page.ready();
  });

  await suite.test("the tray uploads the clipboard and tells of it in a notification", async () => {
    const file = join(files, "for the tray.png");
    writeFileSync(file, png(130, 70, 71));
    await desk.copy("image/png", file);
    const before = desk.notifications.length;
    await desk.askPanel("click Upload clipboard");
    const text = await desk.clipboardWhere("a link", (t) => t.startsWith("!["));
    assert.equal((await fetched(links(text)[0][1])).status, 200);
    const { title } = await until("a notification", () => desk.notifications[before]);
    assert.equal(title, "Copied 1 Markdown link");
  });

  await suite.test("the tray offers the last five links and copies the one that is chosen", async () => {
    const names = (await page.history()).slice(0, 5).map((row) => row.name);
    await until("the last five links", async () => {
      const { menu } = await desk.askPanel("menu");
      const at = menu.findIndex((line) => line.label.startsWith("Last links"));
      return at >= 0 && names.every((name, index) => menu[at + 1 + index]?.label === name);
    });
    await desk.askPanel(`click ${names[2]}`);
    const { url } = (await page.history())[2];
    await desk.clipboardWhere("its link", (t) => t.includes(url));
  });

  await suite.test("the tray changes the link format, and the window follows", async () => {
    await desk.askPanel("click URL");
    await until("the window shows it", async () => (await page.linkFormat()) === "URL");
    await until("the tray shows it", async () => {
      const { menu } = await desk.askPanel("menu");
      return menu.some((line) => line.label === "Link format: URL");
    });
    await app.invoke("set_link_format", { format: "markdown" });
  });

  await suite.test("the tray speaks Chinese when the window does", async () => {
    await page.setLanguage("zh-CN");
    await until("Chinese lines", async () => {
      const { menu } = await desk.askPanel("menu");
      return menu.some((line) => line.label === "上传剪贴板");
    });
    await page.setLanguage("en");
  });

  await suite.test("the global shortcut turns the clipboard into a link from any application", async () => {
    const file = join(files, "shortcut.png");
    writeFileSync(file, png(140, 60, 72));
    await desk.copy("image/png", file);
    assert.equal((await app.invoke("app_info")).shortcutError, null);
    const before = desk.notifications.length;
    await until("the shortcut is heard", async () => {
      desk.key("ctrl+alt+u");
      return until("a link", () => desk.clipboardText().startsWith("!["), { timeout: 5000 });
    });
    await until("a notification", () => desk.notifications[before]);
    await page.clearUploads();
  });

  await suite.test("when the panel goes away, a hidden window comes back by itself", async () => {
    await until("the window hides", () => {
      if (isVisible()) desk.close("Hoist");
      return !isVisible();
    });
    await desk.askPanel("leave");
    await until("the window is back", isVisible);
    await shoot("16-back");
  });

  await suite.test("quitting from the tray carries out what was not undone", async () => {
    await desk.closePanel();
    await desk.openPanel();
    const file = join(files, "last words.png");
    writeFileSync(file, png(90, 60, 75));
    await app.invoke("upload_paths", { paths: [file] });
    await page.uploadEnds("last words.png", "done");
    const [{ id, url }] = await page.history("last words");
    await app.invoke("delete_history", { ids: [id], remote: true });
    const { pid } = app;
    await until("the tray is back", () => desk.askPanel("menu").catch(() => null));
    await desk.askPanel("click Quit Hoist");
    await until("the process has ended", () => !isAlive(pid));
    await app.detach();
    await desk.closePanel();
    await app.start();
    await page.ready();
    assert.deepEqual(await page.history("last words"), []);
    const gone = await until("the store answers", () => fetched(url));
    assert.equal(gone.status, 404);
  });
}
