// A hundred thousand uploads in the history.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { App } from "../support/app.mjs";
import { helper, PYTHON } from "../support/desk.mjs";
import { Page, testid } from "../support/page.mjs";
import { run } from "../support/processes.mjs";
import { until } from "../support/wait.mjs";

const COUNT = 100_000;
/** A wait that is seen as one; machines under test are slow, so this is generous. */
const VISIBLE = 1500;

export default async function gallery({ suite, desk, app, shoot }) {
  await app.detach();
  const home = join(desk.dir, "full");
  mkdirSync(home);
  const full = new App(desk, app.binary, home);
  const page = new Page(full);
  suite.app = full;

  await suite.test("a gallery of a hundred thousand uploads opens and searches at once", async () => {
    await full.start();
    await page.ready();
    await full.kill();
    run(PYTHON, [helper("fill_history.py"), join(home, "data/history.db"), String(COUNT)], { timeout: 240_000 });

    const began = Date.now();
    await full.start();
    await page.shows(testid("tile"));
    console.log(`        open ${Date.now() - began} ms, the driver's own start included`);
    await page.shows(testid("stored"), "100,000");
    await shoot("31-hundred-thousand");

    const timed = async (command, args) => {
      const start = Date.now();
      await full.invoke(command, args);
      return Date.now() - start;
    };
    const everything = { text: "", profile: null };
    const figures = {
      outline: await timed("history_outline", { query: everything }),
      last: await timed("history_rows", { query: everything, offset: COUNT - 200, limit: 200 }),
      rare: await timed("history_outline", { query: { text: "needle", profile: null } }),
      common: await timed("history_outline", { query: { text: "photo", profile: null } }),
      chinese: await timed("history_outline", { query: { text: "截图", profile: null } }),
    };
    console.log(`        ${JSON.stringify(figures)} ms`);
    for (const [what, took] of Object.entries(figures)) assert.ok(took < VISIBLE, `${what} took ${took} ms`);

    const typed = Date.now();
    await page.fill(testid("search"), "needle");
    await page.shows(testid("tile"), "needle in the hay");
    assert.equal(await page.count(testid("tile")), 1);
    console.log(`        typed and found in ${Date.now() - typed} ms`);
    await shoot("32-search");
    await page.click(testid("search-clear"));

    await page.shows(`${testid("gallery-pane")}[data-total="${COUNT}"]`);
    const scrolled = Date.now();
    await until("the oldest upload is drawn", () =>
      full.run((last) => {
        const grid = document.querySelector('[data-testid="gallery"]');
        grid.scrollTop = grid.scrollHeight;
        return document.querySelector(`[data-index="${last}"][aria-busy="false"]`) !== null;
      }, COUNT - 1),
    );
    console.log(`        the far end drawn in ${Date.now() - scrolled} ms`);
    await shoot("33-far-end");
    const tiles = await page.count(testid("tile"));
    assert.ok(tiles < 300, `${tiles} tiles in the document`);
    await full.kill();
  }, { limit: 300_000 });

  await full.kill();
  suite.app = app;
}
