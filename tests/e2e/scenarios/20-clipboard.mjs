// Ctrl+V: an image, a list of files, the address of an image.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { png } from "../support/pictures.mjs";
import { testid } from "../support/page.mjs";
import { fetched, links } from "./10-drop.mjs";

export default async function clipboard({ suite, desk, app, page, files, shoot }) {
  const linkAfterPaste = async (count, test = () => true) => {
    await desk.focus("Hoist");
    desk.key("ctrl+v");
    const text = await desk.clipboardWhere(`${count} links`, (t) => {
      const lines = t.trim().split("\n");
      return lines.length === count && lines.every((line) => line.startsWith("![")) && test(t);
    });
    return links(text);
  };

  await suite.test("Ctrl+V uploads an image, byte for byte as it was copied", async () => {
    const file = join(files, "copied.png");
    writeFileSync(file, png(300, 180, 10));
    await desk.copy("image/png", file);
    const [[, url]] = await linkAfterPaste(1);
    const { status, type, bytes } = await fetched(url);
    assert.equal(status, 200);
    assert.equal(type, "image/png");
    assert.deepEqual(bytes, readFileSync(file));
    await shoot("04-pasted");
  });

  await suite.test("Ctrl+V uploads a list of files", async () => {
    const two = [join(files, "one of two.png"), join(files, "two #2 100%.png")];
    two.forEach((file, index) => writeFileSync(file, png(120, 90, 20 + index)));
    const list = join(files, "list.txt");
    writeFileSync(list, `${two.map((file) => pathToFileURL(file).href).join("\r\n")}\r\n`);
    await desk.copy("text/uri-list", list);
    const found = await linkAfterPaste(2);
    assert.deepEqual(found.map(([name]) => name), ["one of two", "two #2 100%"]);
    for (const [index, [, url]] of found.entries()) {
      assert.deepEqual((await fetched(url)).bytes, readFileSync(two[index]));
    }
  });

  await suite.test("Ctrl+V uploads what an address in text names", async () => {
    const picture = png(150, 150, 30);
    const server = createServer((request, response) => {
      response.writeHead(200, { "content-type": "image/png" });
      response.end(picture);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const text = join(files, "address.txt");
      writeFileSync(text, `http://127.0.0.1:${server.address().port}/far%20away.png`);
      await desk.copy("UTF8_STRING", text);
      const [[name, url]] = await linkAfterPaste(1);
      assert.equal(name, "far away");
      assert.deepEqual((await fetched(url)).bytes, picture);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  await suite.test("an empty clipboard says what can be pasted", async () => {
    const text = join(files, "words.txt");
    writeFileSync(text, "only words");
    await desk.copy("UTF8_STRING", text);
    await desk.focus("Hoist");
    desk.key("ctrl+v");
    await page.shows(`${testid("toast")}[data-kind="bad"]`);
    await page.dismissToast();
    await app.invoke("clear_finished");
    await page.clearUploads();
  });
}
