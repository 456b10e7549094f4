/** `segue logs`: what tasks printed. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Command, Option } from "commander";
import { misuse, wholeNumber } from "../system/index.js";
import type { LogLine, TaskReader } from "../workflow/index.js";
import { plainLine } from "../workflow/terminal/text/printable.js";
import { addDatastoreOption, clientOf, type DatastoreOptions } from "./datastore/datastore.js";
import { onlyTaskNamed } from "./datastore/task-named.js";
import { numberOption } from "./options/number-option.js";

interface Options extends DatastoreOptions {
  readonly follow?: boolean;
  readonly timestamps?: boolean;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  readonly attempt?: number;
  readonly json?: boolean;
}

const lookEvery = 300;

export function registerLogs(program: Command): void {
  addDatastoreOption(program.command("logs"))
    .description("print what a task printed")
    .argument("<task>", "run/step/task; run/step for the first task, flow/step for the latest run")
    .option("-f, --follow", "continue until the task is over, through all its attempts")
    .option("--timestamps", "print the time of each line")
    .addOption(new Option("--stdout", "only standard output").conflicts("stderr"))
    .option("--stderr", "only standard error")
    .addOption(numberOption("--attempt <n>", "show this attempt (default: the last)", wholeNumber(1)))
    .option("--json", "print one JSON object per line")
    .addHelpText(
      "after",
      "\nExamples:\n  segue logs modeling/train/3\n  segue logs modeling/k3f9/train/3 --follow",
    )
    .action(logs);
}

async function logs(path: string, options: Options): Promise<void> {
  const task = await onlyTaskNamed(await clientOf(options), path);
  if (options.follow) await begun(task);
  const wanted = await attemptOf(task, options.attempt);
  let attempt = wanted;
  let shown = 0;
  for (;;) {
    // Read the status before the log: if the task is over, the log is then complete.
    const { attempts, status } = await task.summary();
    attempt ??= attempts.at(-1)?.attempt;
    const lines = await task.logs(attempt);
    print(lines.slice(shown), options);
    shown = lines.length;
    if (!options.follow) return;
    const at = attempts.findIndex((each) => each.attempt === attempt);
    const later = attempts[at + 1];
    if (later && wanted === undefined) {
      const { error } = attempts[at]!;
      console.error(
        `attempt ${at + 1} ${error ? `failed (${error.message})` : "was lost"}; attempt ${at + 2}:`,
      );
      attempt = later.attempt;
      shown = 0;
      continue;
    }
    if (status !== "running" || later || (wanted !== undefined && attempts[at]?.finished)) return;
    await sleep(lookEvery);
  }
}

/** Waits until the task begins, or never will. */
async function begun(task: TaskReader): Promise<void> {
  for (let isTold = false; (await task.run.status()) === "running"; isTold = true) {
    const isWaiting = await task.summary().then(
      () => false,
      (error: { readonly code?: string }) => error.code === "task-not-done",
    );
    if (!isWaiting) return;
    if (!isTold) process.stderr.write(`${task.step}/${task.task} has not begun yet; waiting for it\n`);
    await sleep(lookEvery);
  }
}

function print(lines: readonly LogLine[], { stdout, stderr, json, timestamps }: Options): void {
  for (const line of lines) {
    if ((stdout && line.stream !== "out") || (stderr && line.stream !== "err")) continue;
    if (json) console.log(JSON.stringify(line));
    else {
      const text = process.stdout.isTTY ? plainLine(line.text) : line.text;
      console.log(timestamps ? `${line.time} ${text}` : text);
    }
  }
}

async function attemptOf(task: TaskReader, wanted: number | undefined): Promise<string | undefined> {
  if (wanted === undefined) return undefined;
  const { attempts } = await task.summary();
  const found = attempts.find((each) => Number.parseInt(each.attempt, 10) === wanted);
  if (found) return found.attempt;
  throw misuse(`task ${task.step}/${task.task} had no attempt ${wanted}`, `it had ${attempts.length}`);
}
