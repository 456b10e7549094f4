/** Counts the tasks of a run's steps, including those still waiting to run: a foreach has one per item. */
import { foreachScopes } from "../flow/graph.js";
import { itemCount } from "../task/foreach-items.js";
import type { RunReader } from "./run-reader.js";
import type { TaskSummary } from "./tasks.js";

/**
 * The number of tasks by step, as far as known: those of a foreach are known once its array is.
 *
 * @param tasks the run's started tasks
 */
export async function knownTasks(
  run: RunReader,
  tasks: readonly TaskSummary[],
): Promise<ReadonlyMap<string, number>> {
  const { nodes } = await run.record();
  const scopes = foreachScopes(nodes);
  const items = new Map<string, number>();
  for (const { name, over, after } of nodes) {
    if (over === undefined) continue;
    const holders = tasks.filter((task) => task.step === after[0] && task.status === "done");
    const lengths = await Promise.all(
      holders.map(async ({ step, task }) => itemCount((await run.task(step, task).artifacts())[over]) ?? 0),
    );
    items.set(
      name,
      lengths.reduce((sum, length) => sum + length, 0),
    );
  }
  return new Map(
    nodes.map(({ name }) => {
      const begun = tasks.filter((task) => task.step === name).length;
      const foreach = scopes.get(name)!.at(-1);
      return [name, Math.max(begun, foreach === undefined ? 0 : items.get(foreach)!)];
    }),
  );
}
