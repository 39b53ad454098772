// After everything: no secret of the tests is anywhere but in the keyring.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { SECRET_KEY } from "../support/seaweed.mjs";

function* walk(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}

export default async function secrets({ suite, desk, home, logs, artifacts }) {
  await suite.test("no secret is in any file, log, page or event", async () => {
    const texts = new Set([SECRET_KEY, "not-the-secret-of-it"]);
    // The built-in store's own keys count as well.
    for (const item of desk.keyring()) {
      const fields = Object.entries(JSON.parse(item.secret));
      for (const [name, value] of fields) if (/secret/i.test(name) && value) texts.add(value);
    }
    assert.ok(texts.size > 2, "the built-in store has keys of its own in the keyring");
    const needles = [...texts].flatMap((text) => [text, Buffer.from(text).toString("base64").replace(/=+$/, ""), Buffer.from(text).toString("hex")]);
    const found = [];
    let files = 0;
    for (const dir of [home, logs, artifacts, join(desk.dir, "home", ".cache")]) {
      let paths;
      try {
        paths = [...walk(dir)];
      } catch {
        continue; // never made
      }
      for (const path of paths) {
        files += 1;
        const bytes = readFileSync(path);
        for (const needle of needles) if (bytes.includes(needle)) found.push(`${needle.slice(0, 4)}… in ${path}`);
      }
    }
    assert.ok(files > 20, `${files} files looked at`);
    assert.deepEqual(found, []);
  });
}
