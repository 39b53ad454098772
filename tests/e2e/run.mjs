#!/usr/bin/env node
// The real window, driven as a person does it: run.mjs [--only TEXT] [--scenario NN] [--app FILE]
//
// Needs what README.md lists for `make test`: an X server, a session bus, a keyring and
// WebKitWebDriver. The last line is `N passed, N failed`.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { App } from "./support/app.mjs";
import { Desk } from "./support/desk.mjs";
import { Page } from "./support/page.mjs";
import { stopAll } from "./support/processes.mjs";
import { Suite } from "./support/suite.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "../..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");

const { values: options } = parseArgs({
  options: {
    app: { type: "string", default: join(target, "debug/hoist-desktop") },
    cli: { type: "string", default: join(target, "debug/hoist") },
    only: { type: "string" },
    scenario: { type: "string" },
    keep: { type: "boolean", default: false },
  },
});

for (const file of [options.app, options.cli]) {
  if (!existsSync(file)) {
    console.error(`${file} is missing: run \`cargo build\` first`);
    process.exit(2);
  }
}

const artifacts = join(here, "artifacts");
rmSync(artifacts, { recursive: true, force: true });
const logs = join(artifacts, "logs");
mkdirSync(logs, { recursive: true });
const tools = join(target, "testkit");
mkdirSync(tools, { recursive: true });

const dir = mkdtempSync(join(tmpdir(), "hoist-e2e-"));
const home = join(dir, "hoist");
const files = join(dir, "pictures");
mkdirSync(files);

const suite = new Suite(artifacts, options.only);
let ok = false;
try {
  const desk = await Desk.open(dir, logs);
  const app = new App(desk, options.app, home);
  const page = new Page(app);
  suite.desk = desk;
  suite.app = app;
  const shoot = async (name, window) => {
    await suite.app.settle();
    await desk.shootWhenStill(join(artifacts, `${name}.png`), window);
  };
  const context = { suite, desk, app, page, files, logs, tools, home, artifacts, shoot, cli: options.cli };

  await app.start();
  await page.ready();
  // The pointer rests where it hovers over nothing.
  desk.xdotool("mousemove", 1270, 790);
  const scenarios = readdirSync(join(here, "scenarios")).filter((name) => name.endsWith(".mjs")).sort();
  for (const name of scenarios) {
    if (options.scenario && !name.startsWith(options.scenario)) continue;
    const { default: scenario } = await import(`./scenarios/${name}`);
    await scenario(context);
  }
  await app.detach();
} catch (error) {
  suite.failed.push("set-up");
  console.log(`FAILED  set-up\n${error.stack}`);
  await suite.explain("set-up");
} finally {
  ok = suite.end();
  stopAll();
  if (options.keep) console.log(`kept ${dir}`);
  else rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
process.exit(ok ? 0 : 1);
