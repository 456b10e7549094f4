/** Runs as the server sends them. */

export interface Failure {
  readonly message: string;
  readonly hint?: string;
}

export interface Run {
  readonly flow: string;
  readonly run: string;
  readonly status: "done" | "running" | "failed" | "interrupted" | "stopped";
  readonly created: string;
  readonly seconds?: number;
  readonly tags: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly origin?: string;
  /** The first task that failed. */
  readonly failed?: { readonly step: string; readonly task: string; readonly error: Failure };
}

export interface Task {
  readonly step: string;
  readonly task: string;
  readonly status: string;
  readonly seconds?: number;
}

export interface TaskDetail {
  readonly status: "done" | "running" | "failed" | "interrupted";
  readonly error?: Failure;
  /** Whether the step caught the error as an artifact, so that the flow went on. */
  readonly caught: boolean;
  readonly attempt?: string;
  readonly log: LogPart;
  readonly hasCard: boolean;
  readonly artifacts: Readonly<
    Record<
      string,
      { readonly kind: string; readonly size: number; readonly by: string; readonly length?: number }
    >
  >;
}

/** Lines of a log from `from` to its current end. */
export interface LogPart {
  readonly from: number;
  readonly lines: readonly string[];
}

export interface RunDetail extends Run {
  /** File and line of the flow's own code where its first task failed. */
  readonly thrownAt?: string;
  /** Flags to add to commands about it: "--datastore elsewhere", or empty. */
  readonly flags: string;
  /** How to continue it if it is not done, one way per line. */
  readonly goOn: readonly string[];
  readonly tasks: readonly Task[];
  /** An SVG document. */
  readonly picture: string;
}

/** The last part of a column, "hitRatio" of "result.hitRatio", if no other column has the same; else all of it. */
export function shortName(column: string, columns: readonly string[]): string {
  const last = (name: string) => name.slice(name.lastIndexOf(".") + 1);
  return columns.filter((each) => last(each) === last(column)).length > 1 ? column : last(column);
}

export const placeOf = ({ flow, run }: Pick<Run, "flow" | "run">) => `${flow}/${run}`;
