// Backups in the real window: a rule made in the settings, run by hand, then watched.

import assert from "node:assert/strict";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { testid } from "../support/page.mjs";
import { run } from "../support/processes.mjs";
import { SECOND, until } from "../support/wait.mjs";

const RULE = `${testid("backup")}[data-name="runs"]`;
/** Each file of the backup was last changed then. */
const OCTOBER = new Date("2025-10-15T12:00:00");

export default async function backups({ suite, desk, app, page, files, cli, home, shoot }) {
  const folder = join(files, "runs");
  const file = (name, text, when = OCTOBER) => {
    writeFileSync(join(folder, name), text);
    utimesSync(join(folder, name), when, when);
  };
  const keys = () => {
    const lines = run(cli, ["ls", "-r", "--json", "local:data/"], { env: { ...desk.env, HOIST_HOME: home } });
    return lines.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line).key).sort();
  };
  const last = async () => (await app.invoke("backup_list"))[0]?.last;

  await suite.test("a rule made in the settings shows what it would send", async () => {
    mkdirSync(join(folder, "deep"), { recursive: true });
    // The system's dialog would complete the path with a folder that is the only one.
    mkdirSync(join(folder, "other"));
    file("a.npy", "aaaa");
    file("deep/b.npy", "bb");
    file("notes.txt", "no");
    await app.closeManager();
    await page.openSettings("backups");
    await page.click(testid("backup-add"));
    await page.fill(testid("backup-name"), "runs");
    await page.click(testid("backup-choose"));
    await desk.choose("Choose the folder to back up", folder);
    await until("the folder is taken over", async () => (await page.value(testid("backup-folder"))) === folder);
    await page.fill(testid("backup-patterns"), "*.npy");
    await page.fill(testid("backup-destination"), "data/{year}/{month}/");
    await page.shows(testid("backup-counts"), "2 files, 6 B");
    await page.shows(testid("backup-preview"), "data/2025/10/deep/b.npy");
    await shoot("88-backup-form");
    await page.click(testid("backup-save"));
    await page.shows(RULE);
  });

  await suite.test("run by hand it sends them, and then only what has changed", async () => {
    await page.click(testid("backup-run-runs"));
    await page.shows(`${RULE} ${testid("backup-result")}`, "2 sent");
    assert.deepEqual(keys(), ["data/2025/10/a.npy", "data/2025/10/deep/b.npy"]);
    file("a.npy", "changed");
    await page.click(testid("backup-run-runs"));
    await page.shows(`${RULE} ${testid("backup-result")}`, "1 sent");
    const { sent, unchanged, failed } = await last();
    assert.deepEqual([sent, unchanged, failed], [1, 1, 0]);
    await shoot("89-backups");
  });

  await suite.test("watched, a new file arrives by itself", async () => {
    await page.click(testid("backup-edit-runs"));
    await page.click(`${testid("backup-when")} [data-value="watch"]`);
    await page.click(testid("backup-save"));
    await until("it is watched", async () => (await app.invoke("backup_list"))[0].watching === true);
    file("deep/c.npy", "new");
    await until("the new file is there", () => keys().includes("data/2025/10/deep/c.npy"), { timeout: 60 * SECOND, every: 500 });
    file("other.txt", "not of the rule");
    const { sent, failed } = await until("the run has ended", async () => {
      const run = await last();
      return run?.sent === 1 && run;
    });
    assert.deepEqual([sent, failed], [1, 0]);
    assert.equal(keys().length, 3);
    await page.click(testid("backup-more-runs"));
    await page.click(testid("backup-remove-runs"));
    await page.click(testid("remove-backup-go"));
    await page.gone(RULE);
    assert.equal(keys().length, 3, "what was sent stays");
    await page.leaveSettings();
  });
}
