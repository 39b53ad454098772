// A system without a keyring: the first run works all the same, and a profile's secret has another place.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { App } from "../support/app.mjs";
import { Page, testid } from "../support/page.mjs";
import { png } from "../support/pictures.mjs";

const SECRET = "not-the-secret-of-it";

export default async function noKeyring({ suite, desk, app, files, shoot }) {
  await app.detach();
  const home = join(desk.dir, "bare");
  mkdirSync(home);
  const bare = new App(desk, app.binary, home, { DBUS_SESSION_BUS_ADDRESS: await desk.emptyBus() });
  const page = new Page(bare);
  suite.app = bare;

  await suite.test("without a keyring the first upload works", async () => {
    await bare.start();
    await page.ready();
    const file = join(files, "no keyring.png");
    writeFileSync(file, png(120, 80, 90));
    await bare.invoke("upload_paths", { paths: [file] });
    await page.uploadEnds("no keyring.png", "done");
    await page.clearUploads();
  });

  await suite.test("without a keyring the form says so and offers another place", async () => {
    await page.openSettings();
    await page.click(testid("new-profile"));
    await page.choose("field-provider", "minio");
    await page.fill(testid("field-name"), "bare");
    await page.fill(testid("field-endpoint"), "http://127.0.0.1:9");
    await page.fill(testid("field-bucket"), "pictures");
    await page.fill(testid("field-accessKeyId"), "AKIABARE");
    await page.typeSecret(SECRET);
    await page.click(testid("save-profile"));
    await page.inSight(testid("profile-problem"));
    await shoot("34-no-keyring");
    await page.click(testid("use-file"));
    await page.shows(testid("nav-bare"));
    const folder = join(home, "data/secrets");
    const kept = readdirSync(folder);
    assert.ok(kept.length >= 1);
    for (const name of kept) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
    // Told apart from what must not be found later: here it was asked for.
    await bare.invoke("profile_delete", { name: "bare" });
    await bare.kill();
  });

  await bare.kill();
  suite.app = app;
}
