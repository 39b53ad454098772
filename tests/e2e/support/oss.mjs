// The OSS test server: it speaks Aliyun OSS, checks signatures, and processes pictures.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { start } from "./processes.mjs";

export class Oss {
  /** A bucket anyone may read, behind `localhost` as its custom domain; the public endpoint is refused. */
  static async start(cli, logs) {
    const program = join(dirname(cli), "oss-server");
    if (!existsSync(program)) throw new Error(`${program} is missing: run \`cargo test --workspace --no-run\` first`);
    const args = ["--bucket", "images", "--public-read", "--cname", "localhost", "--forbid-public-endpoint"];
    const server = new Oss();
    server.process = start("oss", program, args, { env: process.env, logs, ready: /^\{/ });
    Object.assign(server, JSON.parse(await server.process.ready));
    return server;
  }

  stop() {
    return this.process.stop("SIGKILL");
  }
}
