/**
 * What a process of tasks may do by itself. It loads the flow's module; a module that runs its flow when it is loaded would start
 * processes that load it and so run it again, without an end. Steps may run flows: what they call carries a mark.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { misuse } from "../system/index.js";
import type { AnyFlow } from "./flow.js";

/** Of the whole process, since the flow's module may bring a copy of this package of its own. */
const key = Symbol.for("segue.steps");
const inProcess = globalThis as { [key]?: AsyncLocalStorage<object> };

/** Says that this process is one of tasks. Returns how to call what a step does, and which task called what happens now. */
export function ofTasks<Mark extends object>(): {
  inStep<Result>(task: Mark, work: () => Result): Result;
  /** Also of what a step has left behind: a timer, a promise. Undefined of what no step has called. */
  whose(): Mark | undefined;
} {
  const steps = new AsyncLocalStorage<Mark>();
  inProcess[key] = steps;
  return { inStep: (task, work) => steps.run(task, work), whose: () => steps.getStore() };
}

/** @throws SegueError (misuse) in a process of tasks, unless a step calls it */
export function refuseBesideSteps({ name }: AnyFlow): void {
  const steps = inProcess[key];
  if (steps === undefined || steps.getStore()) return;
  throw misuse(
    `the flow "${name}" is run by a module that each process of its steps loads, too`,
    "run it from a file of its own that imports the flow, or with: segue run ./MODULE",
  );
}
