// A profile of one's own: typed into the form, its secret in the keyring, uploads under its domain.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { isAlive } from "../support/app.mjs";
import { noise, png } from "../support/pictures.mjs";
import { runBeside } from "../support/processes.mjs";
import { Proxy } from "../support/proxy.mjs";
import { testid } from "../support/page.mjs";
import { ACCESS_KEY, SECRET_KEY, Seaweed } from "../support/seaweed.mjs";
import { until } from "../support/wait.mjs";
import { fetched, links } from "./10-drop.mjs";

const NAME = "harbour";

export default async function profile({ suite, desk, app, page, files, logs, tools, cli, home, shoot }) {
  let server;
  let wire;

  await suite.test("a profile typed into the form is saved, and the doctor finds it well", async () => {
    server = await Seaweed.start(tools, join(desk.dir, "seaweed"), logs);
    wire = await Proxy.start(Number(new URL(server.endpoint).port));
    await page.openSettings();
    await page.click(testid("new-profile"));
    await page.choose("field-provider", "minio");
    await page.fill(testid("field-name"), NAME);
    await page.fill(testid("field-endpoint"), wire.endpoint);
    await page.fill(testid("field-bucket"), "public");
    await page.fill(testid("field-prefix"), "blog/");
    await page.fill(testid("field-publicUrl"), `${server.endpoint}/public`);
    await page.fill(testid("field-accessKeyId"), ACCESS_KEY);
    await page.typeSecret(SECRET_KEY);
    await shoot("09-profile-form");
    await page.click(testid("save-profile"));
    await page.shows(testid(`nav-${NAME}`));
    const lines = await page.doctorEnds();
    await shoot("10-doctor");
    assert.deepEqual(lines.filter(([, state]) => state === "failed"), []);
    assert.equal(lines.find(([check]) => check === "publicUrl")[1], "ok");
  });

  await suite.test("its secret is in the keyring and nowhere else", async () => {
    const items = desk.keyring().filter((item) => item.secret.includes(SECRET_KEY));
    assert.equal(items.length, 1, "one entry holds it");
    const config = readFileSync(join(home, "config.toml"), "utf8");
    assert.ok(config.includes(NAME), "the profile is in config.toml");
    assert.ok(!config.includes(SECRET_KEY), "its secret is not");
    assert.ok(!(await app.session.source()).includes(SECRET_KEY), "nor is it in the page");
  });

  await suite.test("a drop then lands there, under the public URL", async () => {
    await app.invoke("set_default_profile", { name: NAME });
    await page.leaveSettings();
    await page.clearUploads();
    const file = join(files, "own domain.png");
    writeFileSync(file, png(240, 160, 60));
    const isOver = () => app.run(() => document.querySelector(".is-dragover") !== null);
    await desk.drag([pathToFileURL(file).href], { x: 450, y: 320 }, isOver);
    await page.uploadEnds("own domain.png", "done");
    const text = await desk.clipboardWhere("its link", (t) => t.includes("![own domain]"));
    const [[, url]] = links(text);
    assert.ok(url.startsWith(`${server.endpoint}/public/blog/`), url);
    const { status, type, bytes } = await fetched(url);
    assert.deepEqual([status, type], [200, "image/png"]);
    assert.deepEqual(bytes, readFileSync(file));
    await shoot("11-own-profile");
  });

  await suite.test("the command line uses the same profile and the same secret", async () => {
    const file = join(files, "from the shell.png");
    writeFileSync(file, png(64, 64, 61));
    const out = await runBeside(cli, ["upload", "-p", NAME, file], { env: app.env });
    assert.equal(out.trim().split("\n").length, 1, out);
    assert.deepEqual((await fetched(out.trim())).bytes, readFileSync(file));
  });

  await suite.test("a wrong key is named as what it is", async () => {
    const profile = {
      name: "wrong-key",
      provider: "minio",
      bucket: "public",
      endpoint: wire.endpoint,
      region: null,
      accountId: null,
      jurisdiction: null,
      prefix: "",
      publicUrl: null,
      pathStyle: true,
      naming: null,
      transform: null,
      cname: false,
      endpointKind: null,
      signature: null,
      images: null,
      presets: [],
      transformPlace: null,
      secret: { kind: "keyring" },
    };
    const secret = { accessKeyId: ACCESS_KEY, secretAccessKey: "not-the-secret-of-it", sessionToken: null };
    await app.invoke("profile_save", { profile, secret, previous: null });
    await app.invoke("set_default_profile", { name: "wrong-key" });
    const file = join(files, "refused.png");
    writeFileSync(file, png(50, 50, 62));
    await app.invoke("upload_paths", { paths: [file] });
    const { sub } = await page.uploadEnds("refused.png", "failed");
    assert.match(sub, /key/i);
    await shoot("12-wrong-key");
    await app.invoke("profile_delete", { name: "wrong-key" });
    await app.invoke("set_default_profile", { name: NAME });
    await page.clearUploads();
  });

  await suite.test("a server that goes away in the middle fails the row, and a retry works when it is back", async () => {
    const file = join(files, "interrupted.png");
    writeFileSync(file, noise(1200, 900));
    wire.after(1_000_000, "cut");
    await app.invoke("upload_paths", { paths: [file] });
    const { sub } = await page.uploadEnds("interrupted.png", "failed");
    assert.ok(sub.length > 20, sub);
    await shoot("13-server-gone");
    wire.heal();
    await page.retry("interrupted.png");
    await page.uploadEnds("interrupted.png", "done");
    const [{ url }] = await page.history("interrupted");
    assert.deepEqual((await fetched(url)).bytes, readFileSync(file));
    await page.clearUploads();
  });

  await suite.test("an upload on its way shows its bytes and can be given up", async () => {
    const file = join(files, "slow.png");
    writeFileSync(file, noise(1500, 1100));
    wire.after(1_500_000, "hold");
    await app.invoke("upload_paths", { paths: [file] });
    await page.uploadEnds("slow.png", "uploading");
    await until("some of it is on its way", async () => Number.parseInt(await page.text(testid("percent")), 10) > 0);
    await shoot("14-uploading");
    await page.click(testid("cancel"));
    await page.uploadEnds("slow.png", "cancelled");
    wire.heal();
    assert.deepEqual(await page.history("slow"), [], "nothing of it is in the history");
    await page.clearUploads();
  });

  await suite.test("a window that is closed during an upload ends when that has ended, not before", async () => {
    const file = join(files, "to the end.png");
    writeFileSync(file, noise(1100, 1000));
    wire.after(1_500_000, "hold");
    await app.invoke("upload_paths", { paths: [file] });
    await page.uploadEnds("to the end.png", "uploading");
    const { pid } = app;
    desk.close("Hoist");
    await until("the window hides", () => !desk.shows("Hoist"));
    assert.ok(isAlive(pid), "the program goes on");
    wire.heal();
    await until("the program has ended", () => !isAlive(pid));
    await app.detach();
    await app.start();
    await page.ready();
    const [{ url }] = await page.history("to the end");
    assert.deepEqual((await fetched(url)).bytes, readFileSync(file));
  });

  await suite.test("a deleted profile takes its secret out of the keyring", async () => {
    await app.invoke("set_default_profile", { name: "local" });
    await page.openSettings(NAME);
    await page.click(testid("delete-profile"));
    await page.shows(testid("remove-profile-dialog"));
    await page.click(testid("remove-profile-go"));
    await until("the entry is gone", () => !desk.keyring().some((item) => item.secret.includes(SECRET_KEY)));
    assert.ok(!readFileSync(join(home, "config.toml"), "utf8").includes(`"${NAME}"`), "and out of config.toml");
    await page.leaveSettings();
    wire.stop();
    await server.stop();
  });
}
