// First run, and the main gesture: files dragged into the window become links on the clipboard.

import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { jpegMetadata, png } from "../support/pictures.mjs";
import { run } from "../support/processes.mjs";
import { testid } from "../support/page.mjs";

/** A digest of the pixels alone. */
export const pixels = (file) => run("identify", ["-format", "%#", file]).trim();

export const MARKDOWN = /^!\[(.*)\]\((\S+)\)$/;

/** `[name, url]` of each Markdown line. */
export const links = (text) =>
  text.trim().split("\n").map((line) => {
    const match = MARKDOWN.exec(line);
    assert.ok(match, `a Markdown image: ${line}`);
    return [match[1], match[2]];
  });

export async function fetched(url) {
  const response = await fetch(url);
  return { status: response.status, type: response.headers.get("content-type"), bytes: Buffer.from(await response.arrayBuffer()) };
}

export default async function drop({ suite, desk, app, page, files, shoot }) {
  await suite.test("the first run shows what to do", async () => {
    await page.shows(testid("empty"));
    await page.shows(testid("choose-files"));
    assert.equal(await app.run(() => document.documentElement.lang), "en");
    await shoot("01-first-run");
  });

  await suite.test("three dragged files become three Markdown links on the clipboard", async () => {
    const three = [join(files, "holiday.jpg"), join(files, "湖边 at dawn (1).png"), join(files, "plain.png")];
    copyFileSync(new URL("../fixtures/gps.jpg", import.meta.url), three[0]);
    writeFileSync(three[1], png(320, 200, 1));
    writeFileSync(three[2], png(200, 320, 2));
    assert.deepEqual(jpegMetadata(readFileSync(three[0])), ["Exif", "GPS"], "the fixture says where it was taken");

    const uris = three.map((file) => pathToFileURL(file).href);
    let seen = false;
    await desk.drag(uris, { x: 450, y: 320 }, async () => {
      const over = await app.run(() => document.querySelector(".is-dragover") !== null);
      if (over && !seen) await shoot("02-drag-over");
      seen ||= over;
      return over;
    });

    const text = await desk.clipboardWhere("three links are on the clipboard", (t) => t.trim().split("\n").length === 3);
    await page.shows(testid("toast-text"), "3");
    await shoot("03-dropped");
    const found = links(text);
    assert.deepEqual(found.map(([name]) => name), ["holiday", "湖边 at dawn (1)", "plain"], "in the order of the drag");

    for (const [index, [, url]] of found.entries()) {
      const { status, type, bytes } = await fetched(url);
      assert.equal(status, 200, url);
      assert.equal(type, index === 0 ? "image/jpeg" : "image/png", url);
      const original = readFileSync(three[index]);
      if (index === 0) {
        assert.ok(!jpegMetadata(bytes).includes("GPS"), "the place is gone");
        const stripped = join(files, "downloaded.jpg");
        writeFileSync(stripped, bytes);
        assert.equal(pixels(stripped), pixels(three[0]), "the picture is the same");
      } else {
        assert.deepEqual(bytes, original, "not a byte is changed");
      }
    }
    const rows = await page.uploads();
    assert.deepEqual(rows.map((row) => row.state), ["done", "done", "done"]);
  });

  await suite.test("a picture dragged out of a browser is fetched and uploaded", async () => {
    const picture = png(180, 120, 5);
    const server = createServer((_request, response) => response.writeHead(200, { "content-type": "image/png" }).end(picture));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const address = `http://127.0.0.1:${server.address().port}/from%20the%20web.png`;
      await desk.drag([address], { x: 450, y: 320 }, () => app.run(() => document.querySelector(".is-dragover") !== null));
      const text = await desk.clipboardWhere("its link", (t) => t.includes("![from the web]"));
      assert.deepEqual((await fetched(links(text)[0][1])).bytes, picture);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  await suite.test("the same file again gives the same link without a second upload", async () => {
    const before = (await page.history()).length;
    await app.invoke("upload_paths", { paths: [join(files, "plain.png")] });
    await page.uploadEnds("plain.png", "alreadyStored");
    assert.equal((await page.history()).length, before);
    await page.clearUploads();
  });
}
