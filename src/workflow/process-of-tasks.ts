/**
 * What a process of tasks may do by itself. It loads the flow's module; a module that runs its flow when it is loaded would start
 * processes that load it and so run it again, without an end. Steps may run flows: what they call carries a mark.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { misuse } from "../system/index.js";
import type { AnyFlow } from "./flow.js";

/** Of the whole process, since the flow's module may bring a copy of this package of its own. */
const key = Symbol.for("segue.steps");
const inProcess = globalThis as { [key]?: AsyncLocalStorage<true> };

/** Says that this process is one of tasks. Returns how to call what a step does. */
export function ofTasks(): <Result>(work: () => Result) => Result {
  const steps = new AsyncLocalStorage<true>();
  inProcess[key] = steps;
  return (work) => steps.run(true, work);
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
