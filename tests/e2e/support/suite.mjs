// Runs tests one after the other and keeps what explains a failure.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

export class Suite {
  constructor(artifacts, only) {
    this.artifacts = artifacts;
    this.only = only;
    this.passed = 0;
    this.failed = [];
  }

  /** One test. It may take `limit` milliseconds; what it leaves running is not waited for. */
  async test(name, body, { limit = 150_000 } = {}) {
    if (this.only && !name.includes(this.only)) return;
    const started = Date.now();
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not ended after ${limit / 1000} s`)), limit);
    });
    try {
      await Promise.race([body().then(() => this.listen()), late]);
      this.passed += 1;
      console.log(`ok      ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    } catch (error) {
      this.failed.push(name);
      console.log(`FAILED  ${name}\n${indent(error.stack ?? String(error))}`);
      await this.explain(name);
    } finally {
      clearTimeout(timer);
    }
  }

  /** A test that ends well must not have left errors in the page either. */
  async listen() {
    if (!this.app?.session) return;
    const complaints = await this.app.complaints();
    if (complaints.length > 0) throw new Error(`the page complains: ${complaints.join("; ")}`);
  }

  /** Keeps the screen, the page and its text. */
  async explain(name) {
    const file = join(this.artifacts, `failed-${name.replaceAll(/[^a-z0-9]+/gi, "-").slice(0, 60)}`);
    await this.desk?.shootQuietly(`${file}.png`);
    const session = this.app?.session;
    if (!session) return;
    const source = await session.source().catch((error) => String(error));
    writeFileSync(`${file}.html`, source);
  }

  end() {
    console.log(`${this.passed} passed, ${this.failed.length} failed`);
    return this.failed.length === 0;
  }
}

const indent = (text) => text.split("\n").map((line) => `        ${line}`).join("\n");
