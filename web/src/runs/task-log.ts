/** A task's log on the page, assembled from the parts that the server sends while the task runs. */
import { type Piece, pieces } from "./ansi.js";
import type { LogPart } from "./types.js";

export interface Log {
  /** The attempt; each has its own log. */
  readonly attempt: string | undefined;
  /** The number of lines left out at the beginning. */
  readonly from: number;
  /** The number of lines, including those left out. */
  readonly end: number;
  /** One chunk per part. Existing chunks do not change, so that the reader's text selection survives. */
  readonly chunks: ReadonlyArray<{ readonly from: number; readonly pieces: readonly Piece[] }>;
}

/** The log with a new part, which continues or replaces it. */
export function joined(log: Log | undefined, attempt: string | undefined, part: LogPart): Log {
  const end = part.from + part.lines.length;
  if (!log || log.attempt !== attempt || part.from < log.from || part.from > log.end)
    return { attempt, from: part.from, end, chunks: [{ from: part.from, pieces: pieces(part.lines) }] };
  if (end <= log.end) return log;
  // Of two overlapping answers, the second repeats the lines of the first.
  const fresh = { from: log.end, pieces: pieces(part.lines.slice(log.end - part.from)) };
  return { ...log, end, chunks: [...log.chunks, fresh] };
}
