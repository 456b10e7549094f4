/**
 * Limits pipelining: requests that a connection sends before it has the answers to earlier ones. One packet may hold two thousand, which
 * Node parses in one turn, so that all other clients would wait for them.
 */
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { HttpError } from "./http-error.js";

/** Browsers, proxies and client libraries send no more than a few. */
const mostPipelined = 100;

/** Refuses requests beyond the limit, and closes the connection after that answer. */
export function limitPipelining(app: FastifyInstance): void {
  const open = new WeakMap<Socket, number>();
  app.addHook("onRequest", async ({ raw: { socket } }, reply) => {
    const count = (open.get(socket) ?? 0) + 1;
    open.set(socket, count);
    if (count <= mostPipelined) return;
    reply.header("connection", "close");
    throw new HttpError(429, {
      error: `more than ${mostPipelined} requests of this connection wait for their answers`,
      code: "too-many-at-once",
      hint: "read the answers first, or use several connections",
    });
  });
  app.addHook("onResponse", async ({ raw: { socket } }) => {
    open.set(socket, (open.get(socket) ?? 1) - 1);
  });
}
