/** Parses "run/step/task" paths: flow/run/step[/task[/artifact]], or run/step[/task], where run may be a flow's name. */
import { firstTen, misuse } from "../../system/index.js";
import { requireStep } from "../../workflow/flow/require-step.js";
import type { Client, RunReader, TaskReader } from "../../workflow/index.js";

export interface Named {
  readonly task: TaskReader;
  /** The parts after the task. */
  readonly rest: readonly string[];
}

/**
 * @param path "modeling/k3f9/train/3", "modeling/train/3" (of the latest run), "k3f9/train"
 * @throws SegueError (misuse) if it does not name a run and a step
 */
export async function taskNamed(client: Client, path: string): Promise<Named> {
  const [first = "", second, ...others] = partsOf(path);
  if (second === undefined) {
    const run = await client.findRun(first).catch(() => undefined);
    const steps = (await run?.record())?.nodes.map(({ name }) => name);
    throw misuse(
      `"${path}" names no task`,
      steps === undefined
        ? "write run/step or run/step/task: modeling/train/3"
        : `add a step: ${first}/${steps[0]}; its steps: ${steps.join(", ")}`,
    );
  }
  let noRun: unknown;
  if (others.length > 0) {
    const run = await client.findRun(`${first}/${second}`).catch((error: unknown) => {
      noRun = error;
      return undefined;
    });
    if (run !== undefined) return taskOf(run, others);
    if (isRunId(second)) throw noRun;
  }
  const run = await client.findRun(first);
  // "modeling/k3f9/train" of a removed run: report the missing run, not a missing step "k3f9" of the latest run.
  if (noRun !== undefined && !(await hasStep(run, second)) && (await hasStep(run, others[0]!))) throw noRun;
  return taskOf(run, [second, ...others]);
}

/**
 * The task that a path names, without further parts.
 *
 * @throws SegueError (misuse) if the part after the step is not a task, or there is anything after the task
 */
export async function onlyTaskNamed(client: Client, path: string): Promise<TaskReader> {
  const { task, rest } = await taskNamed(client, path);
  if (rest.length === 0) return task;
  const more = rest.join("/");
  const named = partsOf(path).slice(0, -rest.length);
  const place = named.join("/");
  if (isTaskName(named.at(-1)!))
    throw misuse(`nothing may follow task ${place}, but "${more}" does`, `leave it out: ${place}`);
  const tasks = (await task.run.tasks(task.step)).map((each) => each.task);
  throw misuse(`step "${task.step}" has no task "${more}"`, `its tasks: ${firstTen(tasks)}`);
}

async function taskOf(run: RunReader, [step, ...more]: readonly string[]): Promise<Named> {
  requireStep(run.flow, (await run.record()).nodes, step!);
  const isTask = isTaskName(more[0] ?? "");
  return { task: run.task(step!, isTask ? more[0] : "0"), rest: isTask ? more.slice(1) : more };
}

const partsOf = (path: string): string[] => path.split("/").filter((part) => part !== "");

const hasStep = async (run: RunReader, step: string): Promise<boolean> =>
  (await run.record()).nodes.some((node) => node.name === step);

const isTaskName = (word: string): boolean => /^\d+(\.\d+)*$/.test(word);

/** Whether it looks like a run's id, "20260131-090507-k3f9". No step has such a name. */
const isRunId = (word: string): boolean => /^\d{8}-\d{6}-/.test(word);
