/**
 * How long work reports its progress. Rooms call a `Progress`; the caller decides how to show it (a bar in a terminal, nothing in
 * a pipe, a card in a run).
 */
export interface ProgressReport {
  /** What is being done: "reading", "training". */
  readonly task: string;
  /** How much is done, in `unit`. */
  readonly done: number;
  /** How much there is, if known. */
  readonly total?: number;
  /** "rows", "words", "queries". */
  readonly unit?: string;
  /** A short addition: "epoch 3/30, loss 0.231". */
  readonly note?: string;
}

export type Progress = (report: ProgressReport) => void;

/** Ignores all reports. */
export const silent: Progress = () => {};

/** Forwards at most one report per `milliseconds`, and always the last one of a task with a known `total`. */
export function throttled(progress: Progress, milliseconds = 100): Progress {
  let last = 0;
  return (report) => {
    const now = performance.now();
    if (now - last < milliseconds && report.done !== report.total) return;
    last = now;
    progress(report);
  };
}
