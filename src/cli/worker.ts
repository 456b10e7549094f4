/** `segue worker`: takes tasks from the queue of the engine dbos. */
import { type Command, Option } from "commander";
import { usableCores } from "../system/index.js";
import { maxWorkersOption } from "./options/number-option.js";
import { reportError } from "./terminal/report-error.js";

interface Options {
  readonly database?: string;
  readonly maxWorkers?: number;
  readonly json?: boolean;
}

export function registerWorker(program: Command): void {
  program
    .command("worker")
    .description("run tasks of flows started with --engine dbos")
    .addOption(
      new Option("--database <postgres-url>", "the shared Postgres database").env("SEGUE_DATABASE_URL"),
    )
    .addOption(maxWorkersOption())
    .option("--json", "print each line as a JSON object: time, message")
    .addHelpText(
      "after",
      "\nExample:\n  export SEGUE_DATABASE_URL=postgres://segue:secret@db:5432/segue SEGUE_DATASTORE=s3://bucket/segue\n  segue worker --max-workers 4 &\n  segue run modeling --engine dbos",
    )
    .action(worker);
}

async function worker(options: Options): Promise<void> {
  const { maxWorkers = usableCores() } = options;
  const { databaseUrlOf, runWorker } = await import("../workflow/engines/dbos/index.js");
  const controller = new AbortController();
  // Continues without the reader of its output, as a run does.
  process.stdout.on("error", () => {});
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => controller.abort());
  const exitCode = await runWorker({
    databaseUrl: databaseUrlOf(options.database, "--database URL"),
    maxWorkers,
    log: (message) => {
      const time = new Date().toISOString();
      console.log(options.json ? JSON.stringify({ time, message }) : `${time} ${message}`);
    },
    signal: controller.signal,
  }).then(() => 0, reportError);
  // DBOS leaves connections open, and would go on taking tasks.
  process.exit(exitCode);
}
