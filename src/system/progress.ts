/**
 * How long work tells how far it is. Rooms report to a `Progress`; who draws it (a bar in a terminal, nothing in a pipe, a
 * card in a run) is decided by the caller. A room that is given none reports to `silent`.
 */
export interface ProgressReport {
  /** What is being done: "reading", "training". */
  readonly task: string;
  /** How much is done, in `unit`. */
  readonly done: number;
  /** How much there is, where that is known. */
  readonly total?: number;
  /** "rows", "words", "queries". */
  readonly unit?: string;
  /** A short addition: "epoch 3/30, loss 0.231". */
  readonly note?: string;
}

export type Progress = (report: ProgressReport) => void;

/** Where nobody wants to be told. */
export const silent: Progress = () => {};

/** Passes on at most one report every `milliseconds`, and always the last one of a task. */
export function throttled(progress: Progress, milliseconds = 100): Progress {
  let last = 0;
  return (report) => {
    const now = performance.now();
    if (now - last < milliseconds && report.done !== report.total) return;
    last = now;
    progress(report);
  };
}
