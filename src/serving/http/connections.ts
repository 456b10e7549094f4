/** Closes the connections of an HTTP server that is stopping, without cutting one off while a request may be arriving on it. */
import type { Server as HttpServer } from "node:http";
import { Server } from "node:net";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";

/** How long idle connections may stay open after the stop, so that requests already under way still arrive. */
const lingerMs = 200;
/**
 * How many turns of the event loop are left for that in any case: a process that got no processor meanwhile has not seen yet what has
 * arrived. In one turn Node reads all connections, but accepts only one, of as many as the system keeps.
 */
const leastTurns = { reading: 2, accepting: 511 };

export class Connections {
  readonly #server: HttpServer;
  #quiet: Promise<void> | undefined;
  #refused: Promise<void> | undefined;

  constructor(server: HttpServer) {
    this.#server = server;
  }

  /** Accepts no new connections; resolves when the existing ones have ended. */
  refuse(): Promise<void> {
    this.#quiet ??= this.#untilQuiet();
    this.#refused ??= this.#quiet.then(() => this.#close());
    return this.#refused;
  }

  async #close(): Promise<void> {
    // `http.Server.close` closes idle connections at once, and with them requests that are just arriving.
    await new Promise<void>((resolve) => Server.prototype.close.call(this.#server, () => resolve()));
  }

  /**
   * Closing resets connections that the system has accepted and Node has not. So this waits for a short turn of the event loop in which
   * none arrived, up to the pause above.
   */
  async #untilQuiet(): Promise<void> {
    let arrived = false;
    const onConnection = () => {
      arrived = true;
    };
    this.#server.on("connection", onConnection);
    const until = performance.now() + lingerMs;
    // The first one only ends the current turn.
    await turn();
    let now = performance.now();
    for (let from = 0, turns = 0; arrived || now - from > 1; turns++) {
      if (now >= until && turns >= (arrived ? leastTurns.accepting : leastTurns.reading)) break;
      arrived = false;
      from = now;
      await turn();
      now = performance.now();
    }
    this.#server.off("connection", onConnection);
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
    await Promise.race([ended, this.#quiet!.then(linger)]);
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    await ended;
    clearInterval(idle);
    clearTimeout(late);
  }
}

/** Open connections keep the process alive; this pause need not. */
async function linger(): Promise<void> {
  await wait(lingerMs, undefined, { ref: false });
  for (let turns = 0; turns < leastTurns.reading; turns++) await turn();
}
