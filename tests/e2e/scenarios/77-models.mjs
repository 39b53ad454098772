// Models in the real window: pushed, looked at, compared, aliased, verified, pulled, removed.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { MANAGER } from "../support/app.mjs";
import { bytes } from "../support/bytes.mjs";
import { testid } from "../support/page.mjs";
import { run } from "../support/processes.mjs";
import { safetensors } from "../support/tensors.mjs";
import { until } from "../support/wait.mjs";

const MIB = 1024 * 1024;
const NAME = "harbour-7b-instruct";
const row = (name) => `${testid("row")}[data-name="${name}"]`;
const version = (name) => `${testid("version")}[data-version="${name}"]`;

/** The tensors of one shard: a few layers. */
function layers(from, to, head = []) {
  const tensors = [...head];
  for (let n = from; n < to; n += 1) {
    const of = `model.layers.${n}`;
    for (const part of ["q_proj", "k_proj", "v_proj", "o_proj"]) tensors.push([`${of}.self_attn.${part}.weight`, [128, 256]]);
    for (const part of ["gate_proj", "up_proj", "down_proj"]) tensors.push([`${of}.mlp.${part}.weight`, [512, 256]]);
    tensors.push([`${of}.input_layernorm.weight`, [256]]);
  }
  return tensors;
}

export default async function models({ suite, desk, app, page, files, cli, home, shoot }) {
  const folder = join(files, NAME);
  const shards = [
    layers(0, 4, [["model.embed_tokens.weight", [4096, 256]]]),
    layers(4, 8),
    layers(8, 12, [["model.norm.weight", [256]]]),
  ];
  const shard = (n) => `model-0000${n + 1}-of-00003.safetensors`;
  const contents = {
    ...Object.fromEntries(shards.map((tensors, n) => [shard(n), safetensors(tensors, n + 1)])),
    "config.json": Buffer.from('{"num_hidden_layers": 12, "hidden_size": 256}'),
    "generation_config.json": Buffer.from('{"temperature": 0.7}'),
    "tokenizer.json": bytes(300_000, 9),
    "README.md": Buffer.from("# Harbour\n"),
  };
  const hoist = (...args) => run(cli, args, { env: { ...desk.env, HOIST_HOME: home } });

  /** Pushes the folder from the dialog of the view. */
  async function push(words, { name = null } = {}) {
    await page.click(testid("model-push"));
    await page.shows(testid("push-dialog"));
    if (name) await page.fill(testid("push-name"), name);
    await page.fill(testid("push-description"), words);
    await page.click(testid("push-go"));
    await desk.choose("Choose folders to upload", folder);
    await page.gone(testid("push-dialog"));
  }

  /** Of the manager's window alone. */
  const picture = (name) => shoot(name, desk.window(MANAGER));

  async function theme(name) {
    await app.session.switchTo(app.main);
    await page.openSettings("general");
    await page.click(`${testid("field-theme")} [role="radio"]`, name);
    await page.leaveSettings();
    await app.session.switchTo(handle);
    await until("the manager's theme", () =>
      app.run((wanted) => document.documentElement.dataset.theme === wanted, name.toLowerCase()),
    );
  }

  let handle;
  await suite.test("a folder is pushed as a model, and its version is shown", async () => {
    mkdirSync(folder, { recursive: true });
    for (const [name, data] of Object.entries(contents)) writeFileSync(join(folder, name), data);
    await app.closeManager();
    await app.invoke("set_default_profile", { name: "local" });
    handle = await app.openManager();
    await page.click(testid("node"), "Built-in store");
    await page.shows(testid("table"));
    await page.view("models");
    await page.shows(testid("models"));
    await page.click(testid("model-push"));
    await page.shows(testid("push-dialog"));
    await shoot("83-models-push");
    await desk.focus(MANAGER);
    desk.key("Escape");
    await page.gone(testid("push-dialog"));
    await push("First preference round", { name: NAME });
    await page.shows(`${testid("model")}[data-name="${NAME}"]`);
    await page.shows(version("v1.0.0"));
    await page.shows(testid("detail-version"), "v1.0.0");
    await page.shows(testid("facts"), "BF16");
    await page.shows(testid("facts"), "12 layers, 256 wide");
  });

  await suite.test("the header of a model file is read without the file", async () => {
    await page.view("files");
    await page.enter("models", NAME, "v1.0.0");
    await page.click(row(shard(0)));
    if ((await page.count(testid("details-name"))) === 0) await page.click(testid("toggle-details"));
    await page.shows(testid("details-name"), shard(0));
    await page.shows(testid("peek-tensors"), String(shards[0].length));
    await page.shows(testid("peek-precision"), "BF16");
    await page.shows(testid("tensors"));
    await shoot("84-models-peek");
  });

  await suite.test("a second version is compared with the first: what was sent, what was copied", async () => {
    contents[shard(2)] = safetensors(shards[2], 33);
    contents["chat_template.jinja"] = Buffer.from("{{ messages }}");
    for (const name of [shard(2), "chat_template.jinja"]) writeFileSync(join(folder, name), contents[name]);
    await page.view("models");
    await page.click(testid("model-push"));
    await page.shows(testid("push-parent"), "v1.0.0");
    assert.equal(await page.value(testid("push-version")), "v1.0.1");
    await page.click(`${testid("push-dialog")} button`, "Cancel");
    await page.gone(testid("push-dialog"));
    await push("Tools and long context");
    await page.shows(version("v1.0.1"));
    await page.shows(testid("comparison-summary"), "1 changed, 1 new, 6 the same");
    const sent = contents[shard(2)].length + contents["chat_template.jinja"].length;
    const told = JSON.parse(hoist("model", "compare", `local:${NAME}`, "v1.0.0", "v1.0.1", "--json").trim().split("\n").at(-1));
    assert.equal(told.summary.sent, sent, "only what changed was sent");
    const [, latest] = await app.invoke("model_versions", { place: "local", name: NAME }).then((rows) => [rows.length, rows[0]]);
    assert.deepEqual([latest.version, latest.parent, latest.sent], ["v1.0.1", "v1.0.0", sent]);
  });

  await suite.test("an alias is set, a version verified, and one pulled as it was", async () => {
    await page.click(version("v1.0.0"));
    await page.shows(testid("detail-version"), "v1.0.0");
    await page.click(testid("alias-add"));
    await page.fill(testid("alias-input"), "production");
    await page.click(testid("alias-go"));
    await page.shows(testid("alias"), "production");
    await page.click(testid("verify-now"));
    await page.shows(testid("verified"), "7");
    const into = join(files, "pulled");
    mkdirSync(into);
    await page.click(testid("model-pull"));
    await page.click(testid("pull-go"));
    await desk.choose("Choose a folder to download to", into);
    const done = await until("the pull has ended", async () =>
      (await app.invoke("transfer_list")).find((each) => each.kind === "pull" && each.state === "done"),
    );
    assert.equal(done.filesDone, 7);
    assert.equal(readdirSync(into).length, 7, "no file of the second version");
    assert.ok(readFileSync(join(into, shard(0))).equals(contents[shard(0)]));
    assert.ok(!readFileSync(join(into, shard(2))).equals(contents[shard(2)]), "the first version's shard");
  });

  await suite.test("the README's pictures of the manager, light and dark", async () => {
    await page.click(version("v1.0.1"));
    await page.shows(testid("detail-version"), "v1.0.1");
    await page.click(testid("verify-now"));
    await page.shows(testid("verified"));
    const large = join(files, "checkpoint-4000.pt");
    writeFileSync(large, bytes(128 * MIB, 5));
    await page.view("files");
    await page.click(testid("rate-limit"));
    await page.click(testid("limit-1"));
    await desk.focus(MANAGER);
    await until("the bucket itself is listed", async () => {
      if ((await page.count(row("models"))) > 0) return true;
      desk.key("BackSpace");
      return false;
    }, { every: 400 });
    await page.click(testid("upload"));
    await desk.choose("Choose files to upload", large);
    const moves = async () =>
      (await app.invoke("transfer_list")).find((each) => each.name === "checkpoint-4000.pt" && each.bytesDone > 9 * MIB);
    await until("the upload moves", moves);
    await page.enter("models", NAME, "v1.0.1");
    await page.click(row(shard(1)));
    await page.shows(testid("peek-tensors"), String(shards[1].length));
    if ((await page.count(testid("transfer-row"))) === 0) await page.click(testid("toggle-transfers"));
    await page.shows(`${testid("transfer-row")}[data-state="running"]`);
    for (const name of ["Light", "Dark"]) {
      await theme(name);
      await picture(`85-manager-${name.toLowerCase()}`);
      await page.view("models");
      await page.shows(testid("verified"));
      await page.click(testid("toggle-transfers"));
      await picture(`86-manager-models-${name.toLowerCase()}`);
      await page.click(testid("toggle-transfers"));
      await page.view("files");
    }
    await page.click(testid("rate-limit"));
    await page.click(testid("limit-none"));
    await page.view("models");
  }, { limit: 240_000 });

  await suite.test("a version is removed with its numbers, and its alias after it", async () => {
    await page.click(version("v1.0.0"));
    await page.shows(testid("detail-version"), "v1.0.0");
    await desk.focus(MANAGER);
    desk.key("Delete");
    await page.shows(testid("remove-version-dialog"), "7 files");
    await page.shows(testid("remove-version-dialog"), "production");
    await shoot("87-models-remove");
    await page.click(testid("remove-go"));
    await page.gone(version("v1.0.0"));
    await page.shows(version("v1.0.1"));
    const left = hoist("ls", "-r", "--json", `local:models/${NAME}/`);
    assert.ok(!left.includes("v1.0.0/"), left);
    assert.ok(!hoist("model", "show", `local:${NAME}`, "--json").includes("production"));
    await app.closeManager();
  });
}
