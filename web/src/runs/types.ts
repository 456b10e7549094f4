/** Runs as the server tells them. */
export interface Run {
  readonly flow: string;
  readonly run: string;
  readonly status: "done" | "running" | "failed" | "interrupted" | "stopped";
  readonly created: string;
  readonly seconds?: number;
  readonly tags: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly origin?: string;
}

export interface Task {
  readonly step: string;
  readonly task: string;
  readonly status: string;
  readonly seconds?: number;
  readonly error?: { readonly message: string };
}

export interface RunDetail extends Run {
  readonly tasks: readonly Task[];
  /** An SVG document. */
  readonly picture: string;
}

export interface Grid {
  readonly step: string;
  readonly columns: readonly string[];
  readonly rows: ReadonlyArray<{
    readonly task: string;
    readonly values: Readonly<Record<string, number | string>>;
  }>;
}

export const placeOf = ({ flow, run }: Pick<Run, "flow" | "run">) => `${flow}/${run}`;

export function duration(seconds: number | undefined): string {
  if (seconds === undefined) return "";
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
