/** One JSON line a request: what was asked of which route, how it ended and how long it took. No track unless asked. */
import type { FastifyInstance } from "fastify";
import { type DestinationStream, type Logger, pino } from "pino";
import type { LogLevel } from "./options.js";

/** A logger on standard error, or on `destination`. */
export function createLogger(level: LogLevel = "info", destination?: DestinationStream): Logger {
  return pino(
    { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

export function logRequests(app: FastifyInstance, logTracks: boolean): void {
  app.addHook("onResponse", async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? "none",
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 1000) / 1000,
        ...(logTracks ? { query: request.query, body: request.body } : {}),
      },
      "request",
    );
  });
}
