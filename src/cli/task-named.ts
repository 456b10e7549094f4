/** Takes "run/step/task" paths apart: flow/run/step[/task[/artifact]], or run/step[/task], where run may be a flow's name. */
import { closest, misuse } from "../system/index.js";
import type { Client, RunReader, TaskReader } from "../workflow/index.js";

export interface Named {
  readonly run: RunReader;
  readonly task: TaskReader;
  /** What stands after the task. */
  readonly rest: readonly string[];
}

/**
 * @param path "modeling/k3f9/train/3", "modeling/train/3" (of the latest run), "k3f9/train"
 * @throws SegueError (misuse) where it names no run or no step
 */
export async function taskNamed(client: Client, path: string): Promise<Named> {
  const parts = path.split("/").filter((part) => part !== "");
  const forms: [string, string[]][] = [[parts[0] ?? "", parts.slice(1)]];
  if (parts.length > 2) forms.unshift([parts.slice(0, 2).join("/"), parts.slice(2)]);
  let problem: unknown;
  for (const [text, [step, ...more]] of forms) {
    if (step === undefined) continue;
    try {
      const run = await client.findRun(text);
      const { nodes } = await run.record();
      if (!nodes.some((node) => node.name === step)) {
        const names = nodes.map((node) => node.name);
        const near = closest(step, names);
        // The run is there: this says more than that another reading of the path names none.
        problem = misuse(
          `flow "${run.flow}" has no step "${step}"`,
          near ? `did you mean "${near}"?` : `its steps: ${names.join(", ")}`,
        );
        continue;
      }
      const isTask = /^\d+(\.\d+)*$/.test(more[0] ?? "");
      return { run, task: run.task(step, isTask ? more[0] : "0"), rest: isTask ? more.slice(1) : more };
    } catch (error) {
      problem = error;
    }
  }
  throw (
    problem ??
    misuse(`"${path}" names no task`, "write run/step or run/step/task: segue logs modeling/train/3")
  );
}
