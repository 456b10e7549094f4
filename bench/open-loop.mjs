/**
 * Requests at a fixed rate, independent of the answers (an open loop): the k-th is due k/rate seconds after the start, and its latency
 * counts from then, so that a pause of the server affects every request due in it. Uses bare sockets and prepared bytes, because the load
 * shares the machine with the server.
 */
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** @returns the bytes of POST requests with these JSON bodies */
export function postRequests(url, path, bodies) {
  const { host } = new URL(url);
  return bodies.map((body) =>
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
}

class Connection {
  #head = "";
  #left = -1;
  #status = 0;
  #done;

  constructor(url, onIdle) {
    const { hostname, port } = new URL(url);
    this.onIdle = onIdle;
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.socket.on("data", (bytes) => this.#read(bytes));
    this.socket.on("error", () => {});
    this.socket.on("close", () => this.#end(0));
  }

  /** Calls `done(status)`, with 0 if the connection broke. */
  send(bytes, done) {
    this.#done = done;
    this.socket.write(bytes);
  }

  #read(bytes) {
    let at = 0;
    if (this.#left < 0) {
      this.#head += bytes.latin1Slice(0, Math.min(bytes.length, 4096));
      const end = this.#head.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.#status = Number(this.#head.slice(9, 12));
      const length = /\r\ncontent-length: (\d+)/i.exec(this.#head);
      if (length === null) throw new Error(`an answer without a length: ${this.#head.slice(0, 300)}`);
      // The number of bytes of the head in earlier chunks.
      const before = this.#head.length - Math.min(bytes.length, 4096);
      at = end + 4 - before;
      this.#left = Number(length[1]);
      this.#head = "";
    }
    this.#left -= bytes.length - at;
    if (this.#left <= 0) {
      this.#left = -1;
      this.#end(this.#status);
    }
  }

  #end(status) {
    const done = this.#done;
    this.#done = undefined;
    done?.(status);
    if (done !== undefined && status !== 0) this.onIdle(this);
  }
}

/**
 * @param options.requests bytes, sent in turn
 * @param options.rate requests per second, evenly spaced
 * @param options.connections number of open connections; if none is free a request waits, which counts as latency
 * @returns counts, and latencies in milliseconds
 */
export async function openLoop({ url, requests, rate, seconds, connections = 64 }) {
  const idle = [];
  const due = [];
  const latencies = [];
  let failed = 0;
  let taken = 0;
  let closed = 0;
  const give = (connection) => {
    // A connection closed while idle has lost no request.
    if (connection.socket.destroyed) {
      closed++;
      if (idle.length > 0) give(idle.pop());
      return;
    }
    const at = due.shift();
    if (at === undefined) {
      idle.push(connection);
      return;
    }
    connection.send(requests[taken++ % requests.length], (status) => {
      if (status === 200) latencies.push(performance.now() - at);
      else failed++;
    });
  };
  const all = Array.from({ length: connections }, () => new Connection(url, give));
  await Promise.all(all.map(({ socket }) => new Promise((resolve) => socket.once("connect", resolve))));
  // A server closes connections without any request, but keeps those that made one.
  const hello = Buffer.from(`GET /healthz HTTP/1.1\r\nhost: ${new URL(url).host}\r\n\r\n`);
  await Promise.all(all.map((each) => new Promise((resolve) => each.send(hello, resolve))));
  const total = Math.round(rate * seconds);
  const start = performance.now();
  for (let made = 0; made < total; ) {
    const now = Math.min(total, Math.floor(((performance.now() - start) / 1000) * rate) + 1);
    for (; made < now; made++) {
      due.push(start + (made / rate) * 1000);
      if (idle.length > 0) give(idle.pop());
    }
    await wait(1);
  }
  for (let tries = 0; latencies.length + failed < total && tries < 2_000; tries++) await wait(5);
  const unanswered = total - latencies.length - failed;
  for (const { socket } of all) socket.destroy();
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.max(0, Math.ceil(share * latencies.length) - 1)] ?? Number.NaN;
  return {
    requests: total,
    perSecond: latencies.length / ((performance.now() - start) / 1000),
    failed: failed + unanswered,
    closed,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    most: at(1),
  };
}
