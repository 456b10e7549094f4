/** One JSON line a request: what was asked of which route, how it ended and how long it took. No track unless asked. */
import type { FastifyInstance } from "fastify";
import { type DestinationStream, type Logger, pino } from "pino";
import type { LogLevel } from "./options.js";

/** How much of the log waits for room, in bytes, while the disk that it goes to is full. What comes after is lost. */
const mostKept = 16 * 1024 * 1024;

/** A logger on standard error, or on `destination`. Where standard error takes nothing more, the endpoint goes on without its log. */
export function createLogger(level: LogLevel = "info", destination?: DestinationStream): Logger {
  return pino(
    { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    destination ?? standardError(),
  );
}

function standardError(): DestinationStream {
  const stream = pino.destination({ dest: 2, sync: true, maxLength: mostKept });
  // With nobody to hear of it each line would throw, wherever in the endpoint it is written.
  stream.on("error", () => {});
  return stream;
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
