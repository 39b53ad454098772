// Deletion with its way back, and what is there after a restart.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { png } from "../support/pictures.mjs";
import { testid } from "../support/page.mjs";
import { stays, until } from "../support/wait.mjs";
import { fetched, links } from "./10-drop.mjs";

export default async function history({ suite, desk, app, page, files, shoot }) {
  const uploadOne = async (name, seed) => {
    writeFileSync(join(files, name), png(260, 170, seed));
    await app.invoke("upload_paths", { paths: [join(files, name)] });
    const text = await desk.clipboardWhere(`the link of ${name}`, (t) => t.includes(`![${name.replace(".png", "")}]`));
    return links(text)[0][1];
  };
  const row = async (name) => (await page.history(name)).find((each) => each.name === name);

  await suite.test("a deletion that is undone leaves the object where it is", async () => {
    const url = await uploadOne("kept after all.png", 40);
    const { id } = await until("its row", () => row("kept after all.png"));
    const deletion = await app.invoke("delete_history", { ids: [id], remote: true });
    assert.equal(deletion.count, 1);
    await until("the row is gone", async () => !(await row("kept after all.png")));
    await app.invoke("undo_deletion", { id: deletion.id });
    await until("the row is back", () => row("kept after all.png"));
    await stays("the object answers", async () => (await fetched(url)).status === 200, deletion.undoFor + 1500);
  });

  await suite.test("undo in the toast deletes what was uploaded, once its own undo has passed", async () => {
    const url = await uploadOne("by mistake.png", 41);
    assert.equal((await fetched(url)).status, 200);
    await page.click(testid("toast-undo"));
    await page.shows(testid("toast-text"), "Deleted");
    await shoot("05-deleted");
    await until("the object is gone", async () => (await fetched(url)).status === 404);
    await until("its row is gone", async () => !(await row("by mistake.png")));
  });

  await suite.test("the gallery deletes what is selected, after saying what that does", async () => {
    const url = await uploadOne("from the gallery.png", 42);
    await page.clearUploads();
    const { id } = await until("its row", () => row("from the gallery.png"));
    await page.selectInGallery(id);
    await desk.focus("Hoist");
    desk.key("Delete");
    await page.shows(testid("delete-dialog"));
    await shoot("06-delete-dialog");
    await page.click(testid("delete-go"));
    await until("the object is gone", async () => (await fetched(url)).status === 404);
  });

  await suite.test("after a restart everything is still there", async () => {
    const before = (await page.history()).map((each) => each.url);
    assert.ok(before.length >= 1, "there is something to find again");
    await app.kill();
    await app.start();
    await page.ready();
    assert.deepEqual((await page.history()).map((each) => each.url), before);
    for (const url of before) assert.equal((await until(url, () => fetched(url))).status, 200, url);
    await shoot("07-after-restart");
  });
}
