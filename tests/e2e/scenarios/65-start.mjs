// Starts that do not go as hoped: a shortcut that is taken, a configuration that cannot be read.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

import { helper, PYTHON } from "../support/desk.mjs";
import { testid } from "../support/page.mjs";
import { png } from "../support/pictures.mjs";
import { start } from "../support/processes.mjs";
import { until } from "../support/wait.mjs";
import { fetched } from "./10-drop.mjs";

/** Where the built-in store is, unless somebody else is there. */
const PORT = 36690;

export default async function starts({ suite, desk, app, page, files, logs, shoot }) {
  await suite.test("a shortcut that another app holds is told of, and harms nothing else", async () => {
    await app.kill();
    const other = start("grab", PYTHON, [helper("grab_key.py")], { env: desk.env, logs, ready: /^ready$/ });
    await other.ready;
    await app.start();
    await page.ready();
    assert.match((await app.invoke("app_info")).shortcutError, /another app/);
    await page.openSettings("shortcuts");
    await page.inSight(testid("shortcut-error"));
    await shoot("17-shortcut-taken");
    await other.stop("SIGKILL");
    // Free again, it is had by asking for it anew.
    await desk.focus("Hoist");
    await page.click(testid("shortcut-clear"));
    await page.gone(testid("shortcut-clear"));
    await until("the keys are taken", async () => {
      // Recording ends when the keyboard goes elsewhere, so it may have to be begun again.
      if ((await page.count(testid("shortcut-capture"))) === 0) await page.click(testid("shortcut-record"));
      await page.shows(testid("shortcut-capture"));
      desk.key("ctrl+alt+u");
      return until("the new shortcut", async () => /U$/.test(await page.text(testid("field-shortcut"))), { timeout: 3000 });
    });
    await page.gone(testid("shortcut-error"));
    await page.leaveSettings();
  });

  await suite.test("a port that is taken moves the built-in store, and the window says so", async () => {
    await app.kill();
    const other = createServer((_request, response) => response.writeHead(404).end());
    const listen = () =>
      new Promise((resolve) => {
        other.removeAllListeners("listening");
        other.once("error", () => resolve(false));
        other.listen(PORT, "127.0.0.1", () => resolve(true));
      });
    // A Hoist of the person's own that has the port for good is as good; one of another test is not.
    const taken = await until("the port is ours", listen, { timeout: 15_000, every: 300 }).catch(() => false);
    try {
      await app.start();
      await page.ready();
      const file = join(files, "moved.png");
      writeFileSync(file, png(80, 60, 76));
      await app.invoke("upload_paths", { paths: [file] });
      await page.uploadEnds("moved.png", "done");
      const { store } = await app.invoke("app_info");
      assert.equal(store.moved, true);
      assert.notEqual(store.port, PORT);
      const [{ url }] = await page.history("moved");
      assert.ok(url.startsWith(`http://127.0.0.1:${store.port}/`), url);
      assert.equal((await fetched(url)).status, 200);
      await page.shows(testid("status"), String(store.port));
      await shoot("19-port-moved");
    } finally {
      if (taken) other.close();
      other.closeAllConnections();
    }
  });

  await suite.test("a configuration that cannot be read is said in a dialog, and left as it is", async () => {
    await app.kill();
    const home = join(desk.dir, "broken");
    mkdirSync(home);
    writeFileSync(join(home, "config.toml"), "this is = = not toml");
    const env = { ...desk.env, HOIST_HOME: home };
    const failed = start("broken", app.binary, [], { env, logs });
    await desk.focus("Hoist cannot start");
    await desk.shootWhenStill(join(logs, "../18-cannot-start.png"));
    await until("the program has ended", () => {
      if (failed.child.exitCode === null) desk.key("Return");
      return failed.child.exitCode !== null;
    }, { every: 500 });
    assert.equal(failed.child.exitCode, 3);
    await app.start();
    await page.ready();
  });
}
