/** `segue logs`: what tasks printed. */
import type { Command } from "commander";
import type { TaskReader } from "../workflow/index.js";
import { addDatastoreOption, clientOf, type DatastoreOptions } from "./datastore.js";
import { taskNamed } from "./task-named.js";

interface Options extends DatastoreOptions {
  readonly follow?: boolean;
  readonly timestamps?: boolean;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  readonly attempt?: string;
  readonly json?: boolean;
}

export function registerLogs(program: Command): void {
  addDatastoreOption(program.command("logs"))
    .description("print what a task printed")
    .argument("<task>", "run/step/task; run/step for the first task, flow/step for the latest run")
    .option("-f, --follow", "go on until the task is over")
    .option("--timestamps", "with the time of each line")
    .option("--stdout", "only what went to standard output")
    .option("--stderr", "only what went to standard error")
    .option("--attempt <n>", "of this attempt (default: the last)")
    .option("--json", "print one JSON object a line")
    .addHelpText(
      "after",
      "\nExamples:\n  segue logs modeling/train/3\n  segue logs modeling/k3f9/train/3 --follow",
    )
    .action(logs);
}

async function logs(path: string, options: Options): Promise<void> {
  const { task } = await taskNamed(await clientOf(options), path);
  const attempt = await attemptOf(task, options.attempt);
  let shown = 0;
  for (;;) {
    // The state first: what was printed before the end is then in the log that is read after it.
    const isOver = !options.follow || (await task.summary()).status !== "running";
    const lines = await task.logs(attempt);
    for (const line of lines.slice(shown)) {
      if ((options.stdout && line.stream !== "out") || (options.stderr && line.stream !== "err")) continue;
      if (options.json) console.log(JSON.stringify(line));
      else console.log(options.timestamps ? `${line.time} ${line.text}` : line.text);
    }
    shown = lines.length;
    if (isOver) return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function attemptOf(task: TaskReader, wanted: string | undefined): Promise<string | undefined> {
  const { attempts } = await task.summary();
  if (wanted === undefined) return undefined;
  const found = attempts.find((each) => Number.parseInt(each.attempt, 10) === Number(wanted));
  if (found) return found.attempt;
  const { misuse } = await import("../system/index.js");
  throw misuse(`task ${task.step}/${task.task} had no attempt ${wanted}`, `it had ${attempts.length}`);
}
