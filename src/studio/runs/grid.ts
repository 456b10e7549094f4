/** The grid of a run as a table: a row per task of a foreach step, a column per small value in the task's own artifacts. */
import type { RunReader } from "../../workflow/index.js";

export interface Grid {
  readonly step: string;
  readonly columns: readonly string[];
  readonly rows: ReadonlyArray<{
    readonly task: string;
    readonly values: Readonly<Record<string, number | string>>;
  }>;
}

const largest = 8192;
const mostTasks = 500;

function flatten(value: unknown, name: string, into: Record<string, number | string>): void {
  if (typeof value === "number" || typeof value === "string") into[name] = value;
  else if (typeof value === "boolean") into[name] = String(value);
  else if (value !== null && typeof value === "object" && !Array.isArray(value))
    for (const [key, inner] of Object.entries(value))
      flatten(inner, name === "" ? key : `${name}.${key}`, into);
}

/** The grid of the run's first foreach step; undefined if there is none or none of its tasks is done. */
export async function gridOf(run: RunReader): Promise<Grid | undefined> {
  const { nodes } = await run.record();
  const step = nodes.find((node) => node.kind === "foreach")?.name;
  if (step === undefined) return undefined;
  const done = (await run.tasks(step)).filter((task) => task.status === "done").slice(0, mostTasks);
  const rows = await Promise.all(
    done.map(async ({ task, seconds }) => {
      const reader = run.task(step, task);
      const values: Record<string, number | string> = {};
      for (const [name, ref] of Object.entries(await reader.artifacts())) {
        if (ref.kind !== "json" || ref.size > largest || ref.by !== `${step}/${task}`) continue;
        flatten(await reader.artifact(name), name, values);
      }
      if (seconds !== undefined) values.seconds = Number(seconds.toFixed(2));
      return { task, values };
    }),
  );
  if (rows.length === 0) return undefined;
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row.values)))];
  return { step, columns, rows };
}
