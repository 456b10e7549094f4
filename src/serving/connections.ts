/** The connections of an HTTP server that is stopping: none is cut off while a request may still be arriving on it. */
import type { Server as HttpServer } from "node:http";
import { Server } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** How long connections are told to close before those that stay silent are closed from this side. */
const lingerMs = 200;

export class Connections {
  readonly #server: HttpServer;
  #refused: Promise<void> | undefined;

  constructor(server: HttpServer) {
    this.#server = server;
  }

  /** Takes no new one from here on; resolves when those that are there have ended. */
  refuse(): Promise<void> {
    // The close of an HTTP server would cut silent connections off at once, and with them requests that are just arriving.
    this.#refused ??= new Promise((resolve) => Server.prototype.close.call(this.#server, () => resolve()));
    return this.#refused;
  }

  /**
   * Waits until all have ended. Each is told to close by its next answer; those that stay silent are closed from this side.
   *
   * @param drainTimeout milliseconds after which those that have not are cut off
   */
  async end(drainTimeout: number): Promise<void> {
    const server = this.#server;
    const ended = this.refuse();
    const late = setTimeout(() => server.closeAllConnections(), drainTimeout);
    // Connections keep the process alive as long as they are open; the pause need not.
    await Promise.race([ended, wait(lingerMs, undefined, { ref: false })]);
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    await ended;
    clearInterval(idle);
    clearTimeout(late);
  }
}
