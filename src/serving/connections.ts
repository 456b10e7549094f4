/** Closes the connections of an HTTP server that is stopping, without cutting one off while a request may be arriving on it. */
import type { Server as HttpServer } from "node:http";
import { Server } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** How long idle connections may stay open after the stop, so that requests already under way still arrive. */
const lingerMs = 200;

export class Connections {
  readonly #server: HttpServer;
  #refused: Promise<void> | undefined;

  constructor(server: HttpServer) {
    this.#server = server;
  }

  /** Accepts no new connections; resolves when the existing ones have ended. */
  refuse(): Promise<void> {
    // `http.Server.close` closes idle connections at once, and with them requests that are just arriving.
    this.#refused ??= new Promise((resolve) => Server.prototype.close.call(this.#server, () => resolve()));
    return this.#refused;
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
