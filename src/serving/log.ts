/** The log: one JSON line per request with its route, status and duration. Tracks are logged only with `logTracks`. */
import { fstatSync } from "node:fs";
import type { FastifyBaseLogger } from "fastify";
import { type DestinationStream, type Logger, pino } from "pino";
import type { LogLevel } from "./options.js";
import { PipedLog } from "./piped-log.js";

/**
 * The log's buffer, in bytes, for when the disk is full or the pipe's reader hangs. Later lines are lost; for a pipe, a later line gives
 * their number.
 */
const mostKept = 16 * 1024 * 1024;

/** A logger on standard error, or on `destination`. If standard error fails, the endpoint goes on without its log. */
export function createLogger(level: LogLevel = "info", destination?: DestinationStream): Logger {
  return loggerOn(destination ?? standardError(), level);
}

/**
 * Waits until the log has been written, for a second at most.
 *
 * @returns false if it has not: the lines waiting for a pipe's reader would keep the process alive
 */
export async function logWritten(): Promise<boolean> {
  return shared instanceof PipedLog ? shared.written(1_000) : true;
}

let shared: DestinationStream | undefined;

/** Shared by all loggers of the process. */
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
    // On Windows writing to it blocks.
    stream: process.stderr,
    mostKept,
    onLost: (lines) =>
      loggerOn(log, "error").error({ lines }, "log lines were lost: the reader did not take them"),
  });
  return log;
}

/** For files and terminals: synchronous, so that lines stay in order with other output. */
function syncError(): DestinationStream {
  const stream = pino.destination({ dest: 2, sync: true, maxLength: mostKept });
  // Without a listener, each failed write would throw.
  stream.on("error", () => {});
  return stream;
}

/** A request that has its answer. */
export interface EndedRequest {
  readonly id: string;
  readonly method: string;
  /** The route's pattern; "none" if there is none. */
  readonly route: string;
  readonly status: number;
  /** Milliseconds from the headers to the end of the answer. */
  readonly ms: number;
  /** Why a request that could not be read was refused. */
  readonly reason?: string;
  readonly query?: unknown;
  readonly body?: unknown;
}

export function logRequest(logger: FastifyBaseLogger, { id, ms, ...others }: EndedRequest): void {
  logger.info({ request_id: id, ...others, ms: Math.round(ms * 1000) / 1000 }, "request");
}
