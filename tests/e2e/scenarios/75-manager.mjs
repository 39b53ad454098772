// The window of files and transfers: a folder dragged in survives a kill; objects are renamed, shared, deleted.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { MANAGER as TITLE } from "../support/app.mjs";
import { bytes } from "../support/bytes.mjs";
import { testid } from "../support/page.mjs";
import { run } from "../support/processes.mjs";
import { SECOND, until } from "../support/wait.mjs";

const MIB = 1024 * 1024;
const SIZE = 160 * MIB;
/** Parts of a file of this size. */
const PART = 8 * MIB;
/** A limit under which such a file takes ten seconds. */
const RATE = 16 * MIB;
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const row = (name) => `${testid("row")}[data-name="${name}"]`;

export default async function manager({ suite, desk, app, page, files, cli, home, shoot }) {
  let handle;

  /** The transfer of this name, as Rust tells it. */
  const transfer = async (name) => (await app.invoke("transfer_list")).find((each) => each.name === name);
  const becomes = (name, state, timeout = 60 * SECOND) =>
    until(
      `${name} is ${state}`,
      async () => {
        const found = await transfer(name);
        if (found?.state === state) return found;
        throw new Error(`it is ${found?.state}: ${JSON.stringify(found?.problem?.en ?? null)}`);
      },
      { timeout },
    );

  await suite.test("the manager opens and shows the built-in store", async () => {
    await app.invoke("set_default_profile", { name: "local" });
    handle = await app.openManager();
    await until("it has a title", () => desk.shows(TITLE));
    await page.shows(testid("sidebar"));
    await page.shows(testid("table"));
    await shoot("75-manager");
  });

  const folder = join(files, "checkpoint 检查点");
  const contents = {
    "model.bin": bytes(SIZE, 1),
    "config.json": Buffer.from('{"layers": 2}'),
    "数据/tokens.txt": Buffer.from("a b c"),
  };

  await suite.test("a folder dragged in and paused goes on after a kill, and arrives as it was", async () => {
    mkdirSync(join(folder, "数据"), { recursive: true });
    for (const [name, data] of Object.entries(contents)) writeFileSync(join(folder, name), data);
    await app.invoke("set_rate_limit", { bytesPerSecond: RATE });
    await desk.drag([pathToFileURL(folder).href], { x: 560, y: 300 }, () =>
      app.run(() => document.querySelector('[data-testid="drop-into"]') !== null),
    );
    const name = "checkpoint 检查点";
    // Eight parts go side by side, so that the first are confirmed at about the same time.
    await until("parts are confirmed", async () => ((await transfer(name))?.bytesDone ?? 0) > 9 * PART, { timeout: 60 * SECOND });
    await page.shows(testid("transfer-row"));
    await shoot("76-manager-uploading");
    await page.click(testid("transfer-pause"));
    const paused = await becomes(name, "paused");
    assert.ok(paused.bytesDone < SIZE, "it was stopped in the middle");
    await shoot("77-manager-paused");

    await app.kill();
    await app.start();
    await page.ready();
    handle = await app.openManager();
    const found = await becomes(name, "paused");
    assert.ok(found.bytesDone >= PART, `what arrived is kept: ${found.bytesDone}`);

    // While it runs, so that nobody had time to write anything down. First with the setting off.
    const switched = testid("field-continueTransfers");
    const goesOnByItself = async (on) => {
      await app.session.switchTo(app.main);
      await page.openSettings("general");
      await page.click(switched);
      await until(`the switch is ${on}`, () => app.run((s, on) => document.querySelector(s).checked === on, switched, on));
      await page.leaveSettings();
      await app.session.switchTo(handle);
    };
    const killedInTheMiddle = async (before) => {
      await app.invoke("set_rate_limit", { bytesPerSecond: RATE });
      await page.click(testid("transfer-pause"));
      await until("it moves", async () => ((await transfer(name))?.bytesDone ?? 0) > before.bytesDone + 2 * MIB);
      await app.kill();
      await app.start();
      await page.ready();
      handle = await app.openManager();
    };
    await goesOnByItself(false);
    await killedInTheMiddle(found);
    const left = await becomes(name, "interrupted");
    await page.shows(`${testid("transfer-row")}[data-state="interrupted"]`);
    await shoot("78-manager-interrupted");

    // With the setting on, nobody says so: it goes on when Hoist starts.
    await goesOnByItself(true);
    await killedInTheMiddle(left);
    const done = await becomes(name, "done", 120 * SECOND);
    assert.equal(done.id, found.id, "the same transfer has gone on");
    assert.equal(done.filesDone, 3);

    for (const [file, data] of Object.entries(contents)) {
      const { url } = await app.invoke("presign", { place: "local", key: `${name}/${file}`, seconds: 60, download: false });
      const answer = await fetch(url);
      assert.equal(answer.status, 200, file);
      assert.equal(sha256(Buffer.from(await answer.arrayBuffer())), sha256(data), file);
    }
    await page.shows(row(name));
  }, { limit: 400_000 });

  await suite.test("an object is renamed with F2", async () => {
    await page.click(row("checkpoint 检查点"));
    desk.xdotool("windowfocus", desk.window(TITLE));
    desk.key("Return");
    await page.shows(row("config.json"));
    await page.click(row("config.json"));
    desk.key("F2");
    await page.fill(testid("rename"), "settings.json");
    desk.key("Return");
    await page.shows(row("settings.json"));
    await page.gone(row("config.json"));
    await shoot("79-manager-renamed");
  });

  await suite.test("its signed link is copied and opened by curl", async () => {
    await page.click(row("settings.json"));
    if ((await page.count(testid("copy-presigned"))) === 0) await page.click(testid("toggle-details"));
    await page.shows(testid("details-name"), "settings.json");
    await page.click(testid("copy-presigned"));
    const url = await desk.clipboardWhere("a signed link", (text) => text.includes("X-Amz-Signature"));
    assert.equal(run("curl", ["-fsS", url.trim()]), '{"layers": 2}');
    await page.click(testid("qr"));
    await page.shows(testid("qr-code"));
    await shoot("80-manager-link");
    desk.key("Escape");
    await page.gone(testid("qr-code"));
  });

  await suite.test("a folder is deleted after its objects were counted", async () => {
    desk.key("BackSpace");
    await page.click(row("checkpoint 检查点"));
    desk.xdotool("windowfocus", desk.window(TITLE));
    desk.key("Delete");
    await page.shows(testid("delete-counted"), "3");
    await shoot("81-manager-delete");
    await page.click(testid("delete-go"));
    await page.gone(row("checkpoint 检查点"));
    const left = run(cli, ["ls", "--json", "local:"], { env: { ...desk.env, HOIST_HOME: home } });
    assert.ok(!left.includes("settings.json"), left);
  });

  await suite.test("the closed manager gives its memory back", async () => {
    const open = app.memory();
    desk.close(TITLE);
    await until("the window is gone", () => !desk.shows(TITLE));
    await app.session.switchTo(app.main);
    const closed = await until("its memory is back", () => {
      const now = app.memory();
      return now < open - 20 * MIB ? now : null;
    });
    console.log(`        memory ${Math.round(open / MIB)} -> ${Math.round(closed / MIB)} MiB`);
    assert.ok(await page.count(testid("open-settings")), "the main window is still there");
  });
}
