/**
 * Requests at a fixed rate, whether answers come or not (an open loop): the k-th is due k/rate seconds after the start, and its
 * latency counts from that moment, so a pause of the server is felt by every request that fell due in it. Bare sockets and
 * bytes made beforehand, because the load shares the machine with what it measures.
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

  /** `done(status)` is called with 0 where the connection broke. */
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
      // The head came whole in one piece but for rare splits, which are long over by now.
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
 * @param options.requests bytes, taken in turn
 * @param options.rate requests a second, evenly spaced
 * @param options.connections kept open; a request that finds none free waits, and its latency with it
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
    // One that was closed while it was idle has lost no request; the others go on.
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
  // A server closes connections that never asked for anything, as it should; those that did are kept.
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
