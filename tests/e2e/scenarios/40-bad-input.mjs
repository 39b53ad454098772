// What cannot be uploaded says why in its own row, and harms nothing beside it.

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { bomb, png } from "../support/pictures.mjs";
import { run } from "../support/processes.mjs";

export default async function badInput({ suite, app, page, files, shoot }) {
  await suite.test("bad files fail alone, each with its reason and its next step", async () => {
    const at = (name) => join(files, name);
    writeFileSync(at("text.png"), "these are words, not pixels\n");
    writeFileSync(at("nothing.png"), "");
    mkdirSync(at("folder.png"), { recursive: true });
    writeFileSync(at("bomb.png"), bomb());
    const whole = readFileSync(new URL("../fixtures/gps.jpg", import.meta.url));
    writeFileSync(at("broken.jpg"), whole.subarray(0, 1200));
    writeFileSync(at("good.png"), png(90, 60, 50));
    // Who opens this to read waits until somebody writes.
    run("mkfifo", [at("pipe.png")]);
    const bad = ["text.png", "pipe.png", "nothing.png", "folder.png", "bomb.png", "broken.jpg", "not there.png"];
    // Root reads everything, so only others can see a file that may not be read.
    if (process.getuid?.() !== 0) {
      writeFileSync(at("secret.png"), png(10, 10, 51));
      chmodSync(at("secret.png"), 0);
      bad.push("secret.png");
    }

    await page.clearUploads();
    await app.invoke("upload_paths", { paths: [...bad, "good.png"].map(at) });
    await page.uploadEnds("good.png", "done");
    const reasons = new Map();
    for (const name of bad) {
      const { sub } = await page.uploadEnds(name, "failed");
      assert.ok(sub.length > 20, `${name} has a reason: ${sub}`);
      reasons.set(name, sub);
    }
    assert.equal(new Set(reasons.values()).size, bad.length, "each reason is its own");
    await shoot("08-bad-input");
  });

  await suite.test("a failed row can be tried again on its own", async () => {
    const fixed = join(files, "not there.png");
    writeFileSync(fixed, png(70, 50, 52));
    await page.retry("not there.png");
    await page.uploadEnds("not there.png", "done");
    const rows = await page.uploads();
    assert.equal(rows.find((row) => row.name === "text.png").state, "failed", "the others stay as they were");
    await page.clearUploads();
  });

}
