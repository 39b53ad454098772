// Aliyun OSS behind a custom domain: a drop, the transform page, and a link that makes the picture smaller.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { Oss } from "../support/oss.mjs";
import { testid } from "../support/page.mjs";
import { png } from "../support/pictures.mjs";
import { run } from "../support/processes.mjs";
import { until } from "../support/wait.mjs";
import { fetched, links } from "./10-drop.mjs";

const NAME = "oss-images";

/** Format, width and height, as a program that has nothing to do with ours sees them. */
function looks(files, bytes) {
  const file = join(files, "looked-at");
  writeFileSync(file, bytes);
  return run("identify", ["-format", "%m %w %h", file]).trim();
}

export default async function transform({ suite, desk, app, page, files, logs, cli, shoot }) {
  let server;

  const drop = async (name, width, height, seed) => {
    const file = join(files, name);
    writeFileSync(file, png(width, height, seed));
    const isOver = () => app.run(() => document.querySelector(".is-dragover") !== null);
    await desk.drag([pathToFileURL(file).href], { x: 450, y: 320 }, isOver);
    await page.uploadEnds(name, "done");
  };

  await suite.test("an OSS profile behind a custom domain is typed in, and the doctor finds it well", async () => {
    server = await Oss.start(cli, logs);
    await page.openSettings();
    await page.click(testid("new-profile"));
    await page.choose("field-provider", "oss");
    await page.fill(testid("field-name"), NAME);
    await page.fill(testid("field-region"), server.region);
    await page.fill(testid("field-bucket"), server.bucket);
    await page.fill(testid("field-publicUrl"), server.cname_url);
    await page.click(testid("field-cname"));
    await page.fill(testid("field-accessKeyId"), server.access_key);
    await page.typeSecret(server.secret_key);
    await shoot("40-oss-form");
    await page.click(testid("save-profile"));
    await page.shows(testid(`nav-${NAME}`));
    const lines = await page.doctorEnds();
    await shoot("41-oss-doctor");
    assert.deepEqual(lines.filter(([, state]) => state === "failed"), []);
    const states = Object.fromEntries(lines);
    for (const check of ["credentials", "region", "list", "writeAndDelete", "publicUrl", "images"]) {
      assert.equal(states[check], "ok", check);
    }
    await app.invoke("set_default_profile", { name: NAME });
    await page.leaveSettings();
  });

  await suite.test("a dropped picture is tried at 800 px WebP, and the copied link is just that", async () => {
    await page.clearUploads();
    await drop("at the quay.png", 1600, 1000, 71);
    const [[, plain]] = links(await desk.clipboardWhere("its link", (t) => t.includes("![at the quay]")));
    assert.ok(plain.startsWith(`${server.cname_url}/`), plain);
    assert.equal(looks(files, (await fetched(plain)).bytes), "PNG 1600 1000");

    desk.key("ctrl+t");
    await page.shows(testid("transform"));
    await page.shows(testid("transform-name"), "at the quay");
    await page.fill(testid("spec-w"), "800");
    await page.click(`${testid("format")} [data-value="webp"]`);
    await page.shows(testid("size-after"), "WebP");
    await page.shows(testid("size-after"), "800 × 500");
    const shown = await until("the preview is drawn", () =>
      app.run(() => {
        const picture = document.querySelector('[data-testid="picture-after"]');
        const image = picture?.matches("img") ? picture : picture?.querySelector("img");
        return image?.complete && image.naturalWidth > 0 ? [image.naturalWidth, image.naturalHeight] : null;
      }),
    );
    assert.deepEqual(shown, [800, 500]);
    await page.gone(testid("toast-text"));
    await shoot("42-transform");

    await page.click(testid("copy-transformed"));
    const text = await desk.clipboardWhere("the link with its transform", (t) => t.includes("x-oss-process"));
    const [[, url]] = links(text);
    assert.ok(url.startsWith(`${plain}?x-oss-process=image/`), url);
    const { status, type, bytes } = await fetched(url);
    assert.deepEqual([status, type], [200, "image/webp"]);
    assert.equal(looks(files, bytes), "WEBP 800 500");
  });

  await suite.test("used for new uploads, the next drop's link carries it from the start", async () => {
    await page.click(testid("use-transform"));
    await page.click(testid("back"));
    await page.gone(testid("transform"));
    await drop("in the harbour.png", 1200, 1200, 72);
    const text = await desk.clipboardWhere("its link", (t) => t.includes("![in the harbour]"));
    const [[, url]] = links(text);
    assert.equal(looks(files, (await fetched(url)).bytes), "WEBP 800 800");
    assert.equal(looks(files, (await fetched(url.split("?")[0])).bytes), "PNG 1200 1200", "the original is whole");
    const [row] = await page.history("in the harbour");
    assert.equal(row.url, url, "the history keeps the link as it was given");
  });

  await suite.test("without a transform links are plain again", async () => {
    desk.key("ctrl+t");
    await page.shows(testid("transform"));
    await page.click(testid("preset-original"));
    await page.click(testid("use-transform"));
    await page.click(testid("back"));
    await page.gone(testid("transform"));
    await drop("plain again.png", 640, 480, 73);
    const text = await desk.clipboardWhere("its link", (t) => t.includes("![plain again]"));
    const [[, url]] = links(text);
    assert.ok(!url.includes("?"), url);
    await app.invoke("set_default_profile", { name: "local" });
    await app.invoke("profile_delete", { name: NAME });
    await page.clearUploads();
    await server.stop();
  });
}
