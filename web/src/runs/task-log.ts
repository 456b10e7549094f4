/** What a page has of a task's log, put together from the parts that the server sends while the task runs. */
import { type Piece, pieces } from "./ansi.js";
import type { LogPart } from "./types.js";

export interface Log {
  /** Each retry of a task has its own log. */
  readonly attempt: string | undefined;
  /** How many lines before the first one are left out. */
  readonly from: number;
  /** How many lines there are, those included that are left out. */
  readonly end: number;
  /** What came at once; chunks that are there stay as they are, so that what the reader marked stays marked. */
  readonly chunks: ReadonlyArray<{ readonly from: number; readonly pieces: readonly Piece[] }>;
}

/** The log with a part that was asked for: what goes on from it, or what takes its place. */
export function joined(log: Log | undefined, attempt: string | undefined, part: LogPart): Log {
  const end = part.from + part.lines.length;
  if (!log || log.attempt !== attempt || part.from < log.from || part.from > log.end)
    return { attempt, from: part.from, end, chunks: [{ from: part.from, pieces: pieces(part.lines) }] };
  if (end <= log.end) return log;
  // Of two answers under way at once the second begins with what the first brought.
  const fresh = { from: log.end, pieces: pieces(part.lines.slice(log.end - part.from)) };
  return { ...log, end, chunks: [...log.chunks, fresh] };
}
