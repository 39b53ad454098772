// A small WebDriver client: the few commands these tests use.

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

export class WebDriverError extends Error {
  constructor(code, message) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

async function call(url, method, body) {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(90_000),
  });
  const { value } = await response.json();
  if (!response.ok) throw new WebDriverError(value?.error ?? response.status, value?.message ?? "");
  return value;
}

/** Opens a session that starts the program. */
export async function open(driver, binary, args) {
  const options = { "webkitgtk:browserOptions": { binary, args } };
  const { sessionId } = await call(`${driver}/session`, "POST", { capabilities: { alwaysMatch: options } });
  const session = new Session(`${driver}/session/${sessionId}`);
  await session.post("timeouts", { script: 60_000, pageLoad: 60_000, implicit: 0 });
  return session;
}

export class Session {
  constructor(url) {
    this.url = url;
  }

  post(path, body = {}) {
    return call(`${this.url}/${path}`, "POST", body);
  }

  get(path) {
    return call(`${this.url}/${path}`, "GET");
  }

  close() {
    return call(this.url, "DELETE");
  }

  /** Runs a function in the page; element references may be passed and come back. */
  run(fn, ...args) {
    return this.post("execute/sync", { script: `return (${fn}).apply(null, arguments)`, args });
  }

  /** Runs an async function in the page. */
  async runAsync(fn, ...args) {
    const script = `const done = arguments[arguments.length - 1];
      (${fn}).apply(null, Array.prototype.slice.call(arguments, 0, -1))
        .then((value) => done({ value }), (error) => done({ error: String(error?.stack ?? error) }));`;
    const { value, error } = await this.post("execute/async", { script, args });
    if (error) throw new Error(error);
    return value;
  }

  /** Handles of all windows there are. */
  windows() {
    return this.get("window/handles");
  }

  /** Everything from now on is about this window. */
  switchTo(handle) {
    return this.post("window", { handle });
  }

  clickElement(element) {
    return this.post(`element/${element[ELEMENT]}/click`);
  }

  typeInto(element, text) {
    return this.post(`element/${element[ELEMENT]}/value`, { text });
  }

  source() {
    return this.get("source");
  }

  async screenshot() {
    return Buffer.from(await this.get("screenshot"), "base64");
  }
}
