/** Closes the connections of an HTTP server that is stopping, without cutting one off while a request may be arriving on it. */
import type { Server as HttpServer } from "node:http";
import { Server } from "node:net";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";

/** How long idle connections may stay open after the stop, so that requests already under way still arrive. */
const lingerMs = 200;
/** How many connections the system may have accepted that Node has not, as `listen` asks by default. Node takes one a turn. */
const backlog = 511;

export class Connections {
  readonly #server: HttpServer;
  #refused: Promise<void> | undefined;

  constructor(server: HttpServer) {
    this.#server = server;
  }

  /** Accepts no new connections; resolves when the existing ones have ended. */
  refuse(): Promise<void> {
    this.#refused ??= this.#close();
    return this.#refused;
  }

  /**
   * Closing resets connections that the system has accepted and Node has not. So it waits for a short turn of the event loop in which
   * none arrived, up to the pause below or, on a machine too busy to take them all by then, for as many turns as it takes.
   */
  async #close(): Promise<void> {
    const server = this.#server;
    let arrived = false;
    const onConnection = () => {
      arrived = true;
    };
    server.on("connection", onConnection);
    const until = performance.now() + lingerMs;
    // The first one only ends the current turn.
    await turn();
    let isLast = false;
    for (let turns = 1, from = performance.now(); !isLast; turns++) {
      arrived = false;
      await turn();
      const now = performance.now();
      isLast = arrived ? turns >= backlog && now >= until : now - from <= 1 || now >= until;
      from = now;
    }
    server.off("connection", onConnection);
    // `http.Server.close` closes idle connections at once, and with them requests that are just arriving.
    await new Promise<void>((resolve) => Server.prototype.close.call(server, () => resolve()));
  }

  /**
   * Waits until all connections have ended. The next answer on each tells the client to close it; idle ones are closed after a short
   * pause.
   *
   * @param drainTimeout milliseconds after which the remaining ones are cut off
   */
  async end(drainTimeout: number): Promise<void> {
    const server = this.#server;
    const ended = this.refuse();
    const late = setTimeout(() => server.closeAllConnections(), drainTimeout);
    // Open connections keep the process alive; this timer need not.
    await Promise.race([ended, wait(lingerMs, undefined, { ref: false })]);
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    await ended;
    clearInterval(idle);
    clearTimeout(late);
  }
}
