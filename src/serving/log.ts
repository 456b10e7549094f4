/** One JSON line a request: what was asked of which route, how it ended and how long it took. No track unless asked. */
import { fstatSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import { type DestinationStream, type Logger, pino } from "pino";
import type { LogLevel } from "./options.js";
import { PipedLog } from "./piped-log.js";

/**
 * How much of the log waits for room, in bytes, while the disk that it goes to is full or the reader of its pipe takes nothing. What
 * comes after is lost; of a pipe's it is told later how many lines.
 */
const mostKept = 16 * 1024 * 1024;

/** A logger on standard error, or on `destination`. Where standard error takes nothing more, the endpoint goes on without its log. */
export function createLogger(level: LogLevel = "info", destination?: DestinationStream): Logger {
  return loggerOn(destination ?? standardError(), level);
}

/**
 * Waits until what was logged has left the process, for a second at most.
 *
 * @returns false where it has not: what waits for the reader of a pipe would keep the process from ending
 */
export async function logWritten(): Promise<boolean> {
  return shared instanceof PipedLog ? shared.written(1_000) : true;
}

let shared: DestinationStream | undefined;

/** One for all loggers of the process. */
function standardError(): DestinationStream {
  shared ??= isPipe(2) ? pipedError() : syncError();
  return shared;
}

function loggerOn(destination: DestinationStream, level: LogLevel): Logger {
  return pino({ level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}

function isPipe(descriptor: number): boolean {
  try {
    const found = fstatSync(descriptor);
    return found.isFIFO() || found.isSocket();
  } catch {
    return false;
  }
}

function pipedError(): DestinationStream {
  const log: DestinationStream = new PipedLog({
    // On Windows it waits for the reader.
    stream: process.stderr,
    mostKept,
    onLost: (lines) => loggerOn(log, "error").error({ lines }, "log lines were lost: their reader took none"),
  });
  return log;
}

/** To a file, and to a terminal, which show their lines in order whatever else is written there. */
function syncError(): DestinationStream {
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
