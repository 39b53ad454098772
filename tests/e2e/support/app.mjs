// The program under test: its real window, driven from outside.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

import { freePort } from "./desk.mjs";
import { start } from "./processes.mjs";
import { until } from "./wait.mjs";
import { open } from "./webdriver.mjs";

/** The title of the window of files and transfers. */
export const MANAGER = "Hoist: file manager";

export class App {
  constructor(desk, binary, hoistHome, env = {}) {
    this.desk = desk;
    this.binary = binary;
    this.home = hoistHome;
    this.env = { ...desk.env, HOIST_HOME: hoistHome, HOIST_LOG: "debug", TAURI_WEBVIEW_AUTOMATION: "true", ...env };
  }

  /** Starts the program and waits until its page has its first data. */
  async start(...args) {
    const port = await freePort();
    this.driver = start("app", "WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], {
      env: this.env,
      logs: this.desk.logs,
    });
    const url = `http://127.0.0.1:${port}`;
    await until("the driver listens", async () => (await fetch(`${url}/status`)).ok);
    this.session = await open(url, this.binary, args);
    await until("the page is there", () => this.run(() => document.readyState === "complete"));
    this.pid = await until("the process", () => processOf(this.binary));
    this.main = (await this.session.windows())[0];
    await this.#hear();
    return this;
  }

  /** Opens the window of files and transfers, and turns to it. */
  async openManager() {
    const before = await this.session.windows();
    await this.invoke("open_manager");
    const handle = await until("the manager's page", async () =>
      (await this.session.windows()).find((each) => !before.includes(each)),
    );
    await this.session.switchTo(handle);
    await until("the manager is drawn", () => this.run(() => document.readyState === "complete"));
    await this.#hear();
    return handle;
  }

  /** Closes it, if it is open, and turns to the main window. */
  async closeManager() {
    if (this.desk.shows(MANAGER)) {
      this.desk.close(MANAGER);
      await until("the manager is gone", () => !this.desk.shows(MANAGER));
    }
    await this.session.switchTo(this.main);
  }

  /** Notes errors of the page and breaches of its policy. */
  async #hear() {
    await this.run(() => {
      window.__complaints = [];
      const note = (text) => window.__complaints.push(text);
      window.addEventListener("error", (event) => {
        // Layout that settles in a second pass is no error.
        if (!event.message.startsWith("ResizeObserver loop")) note(`error: ${event.message}`);
      });
      window.addEventListener("unhandledrejection", (event) => note(`unhandled: ${event.reason}`));
      document.addEventListener("securitypolicyviolation", (event) => {
        note(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
      });
    });
  }

  get isRunning() {
    return this.pid !== undefined && isAlive(this.pid);
  }

  /** Ends it hard, as a crash or a power cut does. */
  async kill() {
    if (this.isRunning) process.kill(this.pid, "SIGKILL");
    await this.detach();
  }

  /** Lets go of a program that has ended or is to be ended by the driver. */
  async detach() {
    await this.session?.close().catch(() => {});
    this.session = undefined;
    await this.driver?.stop("SIGKILL");
    if (this.pid !== undefined) {
      await until("the program has ended", () => {
        if (isAlive(this.pid)) process.kill(this.pid, "SIGKILL");
        return !isAlive(this.pid);
      });
    }
    this.pid = undefined;
  }

  run(fn, ...args) {
    return this.session.run(fn, ...args);
  }

  runAsync(fn, ...args) {
    return this.session.runAsync(fn, ...args);
  }

  /** Waits until what moves has arrived and what changed is drawn. */
  settle() {
    return this.runAsync(async () => {
      const patience = new Promise((resolve) => setTimeout(resolve, 2000));
      const ends = document.getAnimations().map((animation) => animation.finished.catch(() => {}));
      await Promise.race([Promise.all(ends), patience]);
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      // A hidden window draws no frames.
      await Promise.race([frame().then(frame), patience]);
    });
  }

  /** Errors of the page and breaches of its security policy since it was opened. */
  complaints() {
    return this.run(() => window.__complaints.splice(0));
  }

  /** Calls a command of the program, as the page does. */
  invoke(command, args = {}) {
    return this.runAsync((name, values) => window.__TAURI_INTERNALS__.invoke(name, values), command, args);
  }

  /** Proportional memory of the program and all its web processes, in bytes. */
  memory() {
    return tree(this.pid).reduce((sum, pid) => sum + pss(pid), 0);
  }
}

function isAlive(pid) {
  try {
    // A zombie has ended; only its parent has not asked yet.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

function processes() {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
}

function processOf(binary) {
  return processes().find((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/exe`) === binary && isAlive(pid);
    } catch {
      return false;
    }
  });
}

function tree(root) {
  const parents = new Map();
  for (const pid of processes()) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      parents.set(pid, Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // ended meanwhile
    }
  }
  const all = [root];
  for (const pid of all) {
    for (const [child, parent] of parents) if (parent === pid) all.push(child);
  }
  return all;
}

function pss(pid) {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))[1]) * 1024;
  } catch {
    return 0;
  }
}

export { isAlive };
