// Child processes that are all ended by their own id, whatever happens to the tests.

import { spawn, spawnSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";

const running = new Set();

/** Starts a program whose output goes to a log; `ready` is resolved by the first line that matches. */
export function start(name, command, args, { env, logs, input, ready, cwd, onLine } = {}) {
  const child = spawn(command, args, { env, cwd, stdio: ["pipe", "pipe", "pipe"], detached: false });
  running.add(child);
  const log = logs ? createWriteStream(join(logs, `${name}.log`), { flags: "a" }) : null;
  const lines = [];
  let rest = "";
  let settle;
  const isReady = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (!ready) settle.resolve("");
  child.stdout.on("data", (data) => {
    log?.write(data);
    rest += data;
    const parts = rest.split("\n");
    rest = parts.pop();
    for (const line of parts) {
      lines.push(line);
      onLine?.(line);
      if (ready?.test(line)) settle.resolve(line);
    }
  });
  child.stderr.on("data", (data) => log?.write(data));
  child.on("error", (error) => settle.reject(new Error(`${command}: ${error.message}`)));
  child.on("exit", (code, signal) => {
    running.delete(child);
    child.ended = signal ?? code ?? 0;
    settle.reject(new Error(`${name} ended (${signal ?? code}) before it was ready`));
  });
  isReady.catch(() => {});
  child.stdin.on("error", () => {});
  if (input !== undefined) child.stdin.end(input);
  return { child, lines, ready: isReady, stop: (signal) => stop(child, signal) };
}

/** Ends one process and waits until it is gone. */
export async function stop(child, signal = "SIGTERM") {
  if (child.ended !== undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  const hard = setTimeout(() => child.kill("SIGKILL"), 3000);
  await gone;
  clearTimeout(hard);
}

/** Ends everything still running; for the very end, so without waiting. */
export function stopAll() {
  for (const child of [...running].reverse()) {
    try {
      process.kill(child.pid, "SIGKILL");
    } catch {
      // gone already
    }
  }
  running.clear();
}

/** Runs a program to its end; throws with its error output when it fails. */
export function run(command, args, { env, input, cwd, encoding = "utf8", timeout = 60_000 } = {}) {
  const result = spawnSync(command, args, { env, input, cwd, encoding, timeout, maxBuffer: 256 << 20 });
  if (result.error) throw new Error(`${command}: ${result.error.message}`);
  if (result.status !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${result.status}: ${result.stderr}`);
  }
  return result.stdout;
}

/** The same without holding up what this process itself serves meanwhile. */
export async function runBeside(command, args, { env, cwd, timeout = 60_000 } = {}) {
  const child = spawn(command, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const out = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (data) => (out.stdout += data));
  child.stderr.setEncoding("utf8").on("data", (data) => (out.stderr += data));
  const timer = setTimeout(() => child.kill("SIGKILL"), timeout);
  const status = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(signal ?? code));
  }).finally(() => {
    clearTimeout(timer);
    running.delete(child);
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${out.stderr}`);
  return out.stdout;
}

process.on("exit", stopAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    stopAll();
    process.exit(130);
  });
}
