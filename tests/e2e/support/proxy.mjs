// A wire between the program and a server that a test can hold up or cut.

import { connect, createServer } from "node:net";

export class Proxy {
  static async start(port) {
    const proxy = new Proxy();
    proxy.target = port;
    proxy.sockets = new Set();
    proxy.limit = Infinity;
    proxy.server = createServer((near) => proxy.#join(near));
    await new Promise((resolve) => proxy.server.listen(0, "127.0.0.1", resolve));
    proxy.endpoint = `http://127.0.0.1:${proxy.server.address().port}`;
    return proxy;
  }

  #join(near) {
    if (this.refusing) {
      near.destroy();
      return;
    }
    const far = connect(this.target, "127.0.0.1");
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on("close", () => {
        this.sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
      socket.on("error", () => {});
    }
    let sent = 0;
    near.on("data", (data) => {
      sent += data.length;
      if (sent > this.limit) {
        if (this.atLimit === "cut") this.cut();
        else near.pause();
        return;
      }
      far.write(data);
    });
    far.pipe(near);
  }

  /** After this many bytes of one connection: `cut` it and refuse all others, or `hold` it for ever. */
  after(bytes, atLimit) {
    this.limit = bytes;
    this.atLimit = atLimit;
  }

  /** Ends every connection now, and each new one at once. */
  cut() {
    this.refusing = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** As if nothing had been. */
  heal() {
    for (const socket of this.sockets) socket.destroy();
    this.refusing = false;
    this.limit = Infinity;
  }

  stop() {
    this.cut();
    this.server.close();
  }
}
