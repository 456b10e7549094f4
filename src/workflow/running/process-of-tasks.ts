/**
 * Guards against endless recursion: a task process loads the flow's module, and if that module runs its flow when loaded, it would
 * start processes that do the same. Steps may run flows: their calls are marked by async context.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { misuse } from "../../system/index.js";
import type { AnyFlow } from "../flow/flow.js";

/** Global, since the flow's module may bring its own copy of this package. */
const key = Symbol.for("segue.steps");
const inProcess = globalThis as { [key]?: AsyncLocalStorage<object> };

/** Marks this process as a task process. */
export function ofTasks<Mark extends object>(): {
  /** Runs `work` in the context of a task. */
  inStep<Result>(task: Mark, work: () => Result): Result;
  /** The task whose step led to the current call, even by a timer or a promise left behind; undefined outside of steps. */
  whose(): Mark | undefined;
} {
  const steps = new AsyncLocalStorage<Mark>();
  inProcess[key] = steps;
  return { inStep: (task, work) => steps.run(task, work), whose: () => steps.getStore() };
}

/** @throws SegueError (misuse) in a task process, unless a step calls it */
export function refuseBesideSteps({ name }: AnyFlow): void {
  const steps = inProcess[key];
  if (steps === undefined || steps.getStore()) return;
  throw misuse(
    `the flow "${name}" is run by a module that its step processes load, too`,
    "run it from a separate file that imports the flow, or with: segue run ./MODULE",
  );
}
