// A folder of a million objects.

import assert from "node:assert/strict";

import { Million } from "../support/million.mjs";
import { testid } from "../support/page.mjs";
import { run } from "../support/processes.mjs";
import { SECRET_KEY } from "../support/seaweed.mjs";
import { SECOND, until } from "../support/wait.mjs";

const COUNT = 1_000_000;
const MIB = 1024 * 1024;
const NAME = "millions";

export default async function million({ suite, desk, app, page, cli, home, shoot }) {
  await suite.test("a million objects are listed with flat memory and scrolled smoothly", async () => {
    const server = await Million.start(COUNT);
    try {
      const place = ["--endpoint", server.endpoint, "--bucket", "big"];
      run(cli, ["profile", "add", NAME, "--provider", "minio", ...place, "--secret-stdin"], {
        env: { ...desk.env, HOIST_HOME: home },
        input: `AKIATEST\n${SECRET_KEY}\n`,
      });
      await app.openManager();
      await page.shows(testid("sidebar"));
      await page.click(`${testid("node")}`, NAME);
      await page.shows(`${testid("row")}[data-name="many"]`);
      const before = app.memory();
      await page.click(`${testid("row")}[data-name="many"]`);
      desk.xdotool("windowfocus", desk.window("Hoist: file manager"));
      desk.key("Return");
      let most = 0;
      const started = Date.now();
      await until(
        "all rows are there",
        async () => {
          most = Math.max(most, app.memory());
          const total = await app.run(() => Number(document.querySelector('[data-testid="table"]')?.dataset.total ?? 0));
          if (total >= COUNT) return true;
          throw new Error(`${total} rows`);
        },
        { timeout: 900 * SECOND, every: 2000 },
      );
      const seconds = (Date.now() - started) / 1000;
      const frames = await app.runAsync(async () => {
        const table = document.querySelector('[data-testid="table"]');
        const gaps = [];
        let last = performance.now();
        for (let step = 0; step <= 200; step += 1) {
          table.scrollTop = ((table.scrollHeight - table.clientHeight) * step) / 200;
          await new Promise((resolve) => requestAnimationFrame(resolve));
          const now = performance.now();
          gaps.push(now - last);
          last = now;
        }
        return gaps;
      });
      frames.sort((a, b) => a - b);
      const [usual, longest] = [frames[Math.floor(frames.length * 0.95)], frames.at(-1)].map(Math.round);
      const last = await page.texts(testid("row"));
      assert.ok(last.some((text) => text.includes("row-0999999.bin")), `the end is in view: ${last.slice(-2)}`);
      await shoot("82-manager-million");
      const after = app.memory();
      const mib = (n) => Math.round(n / MIB);
      console.log(`        listed in ${Math.round(seconds)} s, ${server.requests.length} requests`);
      console.log(`        memory ${mib(before)} -> ${mib(after)} MiB, at most ${mib(most)}`);
      console.log(`        frames while scrolling: 95 % under ${usual} ms, longest ${longest} ms`);
      assert.equal(server.requests.filter((method) => method === "HEAD").length, 0, "no object is asked for by itself");
      assert.ok(after - before < 450 * MIB, `a row costs ${(after - before) / COUNT} bytes`);
      assert.ok(usual < 100, `scrolling is slow: ${usual} ms`);
    } finally {
      server.stop();
    }
  }, { limit: 1_200_000 });
}
