// A desktop of the tests' own: X server, session bus, keyring, and a panel with a tray.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { run, start } from "./processes.mjs";
import { beat, until } from "./wait.mjs";

/** Debian's own: the one that python3-gi is installed for. */
export const PYTHON = "/usr/bin/python3";

export const helper = (name) => fileURLToPath(new URL(name, import.meta.url));

const BUS = (dir) => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=${dir}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

/** A port nobody listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export class Desk {
  /** Starts everything under `dir`; programs get `this.env`. */
  static async open(dir, logs) {
    const desk = new Desk();
    desk.dir = dir;
    desk.logs = logs;
    const home = join(dir, "home");
    const runtime = join(dir, "run");
    mkdirSync(home, { recursive: true });
    mkdirSync(runtime, { recursive: true, mode: 0o700 });

    // Without -noreset it starts anew when its last client goes, and refuses whoever comes just then.
    const x = start("xvfb", "Xvfb", ["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"], {
      env: process.env,
      logs,
      ready: /^\d+$/,
    });
    const display = `:${(await x.ready).trim()}`;

    desk.busConfig = join(dir, "bus.conf");
    writeFileSync(desk.busConfig, BUS(runtime));

    desk.env = {
      PATH: process.env.PATH,
      HOME: home,
      XDG_RUNTIME_DIR: runtime,
      XDG_CONFIG_HOME: join(home, ".config"),
      XDG_DATA_HOME: join(home, ".local/share"),
      XDG_CACHE_HOME: join(home, ".cache"),
      TMPDIR: dir,
      DISPLAY: display,
      DBUS_SESSION_BUS_ADDRESS: await desk.emptyBus(),
      LANG: "C.UTF-8",
      GDK_BACKEND: "x11",
      GSETTINGS_BACKEND: "memory",
      NO_AT_BRIDGE: "1",
      LIBGL_ALWAYS_SOFTWARE: "1",
      WEBKIT_DISABLE_DMABUF_RENDERER: "1",
      RUST_BACKTRACE: "1",
    };

    start("keyring", "gnome-keyring-daemon", ["--foreground", "--unlock", "--components=secrets"], {
      env: desk.env,
      logs,
      input: "the keyring's password",
    });
    await until("the keyring answers", () => desk.hasName("org.freedesktop.secrets"));
    return desk;
  }

  /** Starts a session bus that nobody is on yet; its address. */
  async emptyBus() {
    const args = ["--nofork", "--print-address=1", `--config-file=${this.busConfig}`];
    const bus = start("dbus", "dbus-daemon", args, { env: process.env, logs: this.logs, ready: /^unix:/ });
    return (await bus.ready).trim();
  }

  hasName(name) {
    const args = ["--session", "--dest=org.freedesktop.DBus", "--print-reply=literal", "/org/freedesktop/DBus"];
    const answer = run("dbus-send", [...args, "org.freedesktop.DBus.NameHasOwner", `string:${name}`], {
      env: this.env,
    });
    return answer.includes("true");
  }

  /** Starts the panel: only then is there a tray. */
  async openPanel() {
    this.notifications = [];
    const answers = [];
    const panel = start("panel", PYTHON, [helper("panel.py")], {
      env: this.env,
      logs: this.logs,
      ready: /"ready"/,
      onLine: (line) => {
        const said = JSON.parse(line);
        if (said.event === "notification") this.notifications.push(said);
        else if (said.event === undefined) answers.push(said);
      },
    });
    await panel.ready;
    this.askPanel = async (line) => {
      const before = answers.length;
      panel.child.stdin.write(`${line}\n`);
      const answer = await until(`the panel answers "${line}"`, () => answers[before], { timeout: 15_000 });
      if (answer.error) throw new Error(answer.error);
      return answer;
    };
    this.closePanel = () => panel.stop();
  }

  keyring() {
    return JSON.parse(run(PYTHON, [helper("keyring.py")], { env: this.env }));
  }

  /** Puts a file's bytes on the clipboard under a type; they stay until something else is copied. */
  async copy(type, file) {
    await this.clipboardOwner?.stop();
    const args = ["-quiet", "-selection", "clipboard", "-t", type, "-i", file];
    this.clipboardOwner = start("xclip", "xclip", args, { env: this.env, logs: this.logs });
    await until(`the clipboard offers ${type}`, () => this.clipboardTypes().includes(type));
  }

  clipboardTypes() {
    const args = ["-o", "-selection", "clipboard", "-t", "TARGETS"];
    return run("xclip", args, { env: this.env, timeout: 5000 }).trim().split("\n");
  }

  clipboardText() {
    const args = ["-o", "-selection", "clipboard", "-t", "UTF8_STRING"];
    return run("xclip", args, { env: this.env, timeout: 5000 });
  }

  /** Waits until the clipboard's text passes `test`, and returns it. */
  clipboardWhere(what, test) {
    return until(what, () => {
      const text = this.clipboardText();
      return test(text) ? text : null;
    });
  }

  xdotool(...args) {
    return run("xdotool", args.map(String), { env: this.env });
  }

  /** The X window with this title that can be seen. */
  window(title) {
    return this.xdotool("search", "--onlyvisible", "--name", `^${title}$`).trim().split("\n")[0];
  }

  /** Whether a window with this title can be seen. */
  shows(title) {
    try {
      return this.window(title) !== "";
    } catch {
      return false; // that is how xdotool says "none"
    }
  }

  async focus(title) {
    const id = await until(`a window ${title}`, () => this.window(title));
    await until(`${title} has the keyboard`, () => {
      this.xdotool("windowfocus", id);
      return this.xdotool("getwindowfocus").trim() === id;
    });
  }

  key(...keys) {
    this.xdotool("key", "--clearmodifiers", ...keys);
  }

  close(title) {
    run(PYTHON, [helper("close_window.py"), this.window(title)], { env: this.env });
  }

  /** Gives a path to the system's dialog of this title. */
  async choose(title, path) {
    await this.focus(title);
    // A path that is pasted opens the dialog's line for it.
    const text = join(this.dir, "path.txt");
    writeFileSync(text, path);
    await this.copy("UTF8_STRING", text);
    await until(`the dialog "${title}" has gone`, () => {
      if (!this.shows(title)) return true;
      this.key("ctrl+a", "ctrl+v", "Return");
      return false;
    }, { every: 700 });
  }

  /** Drags URIs out of a window beside the app and drops them at `to`, once `over` says it is seen. */
  async drag(uris, to, over) {
    const from = { x: 1000, y: 300 };
    const source = start("drag", PYTHON, [helper("drag_source.py"), String(from.x), String(from.y), ...uris], {
      env: this.env,
      logs: this.logs,
      ready: /^ready$/,
    });
    try {
      await source.ready;
      const begin = { x: from.x + 100, y: from.y + 100 };
      // A press that comes before the window is listening drags nothing; a person then tries again.
      for (let attempt = 1; attempt <= 4 && !source.lines.includes("begin"); attempt += 1) {
        this.xdotool("mouseup", 1);
        await this.#pull(begin, to, 150 * attempt);
      }
      // The pointer goes on trembling, as a hand does: each move is a question to the target.
      let tremble = 0;
      await until("the window shows that it takes the drop", async () => {
        tremble = 1 - tremble;
        this.xdotool("mousemove", to.x + tremble, to.y);
        return source.lines.includes("begin") && (await over());
      });
      this.xdotool("mouseup", 1);
      await until("the drop has arrived", () => source.lines.includes("end"));
    } finally {
      this.xdotool("mouseup", 1);
      await source.stop("SIGKILL");
    }
  }

  /** Presses, and moves to the target in steps a toolkit takes for a drag. */
  async #pull(begin, to, pace) {
    const steps = 8;
    this.xdotool("mousemove", begin.x, begin.y);
    await beat(pace);
    this.xdotool("mousedown", 1);
    for (let step = 1; step <= steps; step += 1) {
      await beat(100);
      const part = step / steps;
      const at = [begin.x + (to.x - begin.x) * part, begin.y + (to.y - begin.y) * part];
      this.xdotool("mousemove", Math.round(at[0]), Math.round(at[1]));
    }
    await beat(pace);
  }

  /** The whole screen, or one window, as a PNG file. */
  shoot(file, window = "root") {
    run("import", ["-window", window, "-define", "png:exclude-chunks=date,time", file], { env: this.env });
  }

  /** The same once two pictures in a row are equal, or after a few that are not. */
  async shootWhenStill(file, window) {
    let before;
    for (let attempt = 0; attempt < 6; attempt += 1) {
      this.shoot(file, window);
      const now = readFileSync(file);
      if (before?.equals(now)) return;
      before = now;
      await beat(80);
    }
  }

  async shootQuietly(file) {
    try {
      this.shoot(file);
    } catch {
      // a screenshot explains a failure; it must not become one
    }
  }
}
