/** `segue resume`: reuses what a run has finished, and runs the rest. */
import type { Command } from "commander";
import { misuse } from "../system/index.js";
import { commandAfter } from "../workflow/terminal/run-text/commands.js";
import { addDatastoreOption, clientOf, type DatastoreOptions, datastoreFlag } from "./datastore/datastore.js";
import { maxWorkersOption } from "./options/number-option.js";
import { cacheOption, retryOf, withOption } from "./run/how-to-run.js";
import { writeReport } from "./run/write-report.js";

interface Options extends DatastoreOptions {
  readonly step?: string;
  readonly maxWorkers?: number;
  readonly tag?: string[];
  readonly with?: string[];
  readonly cache?: boolean;
  readonly json?: boolean;
}

export function registerResume(program: Command): void {
  addDatastoreOption(program.command("resume"))
    .description("resume a failed or stopped run, with the current code")
    .argument("[run]", "a run, the end of its id, or a flow (its latest run); default: the latest run of all")
    .option("--step <step>", "rerun this step and everything after it")
    .addOption(maxWorkersOption())
    .option("--tag <tags...>", "tags for the new run (default: those of the old one)")
    .addOption(withOption(" (default: as in the old run)"))
    .addOption(cacheOption())
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nA resumed run is a new run: it reuses every finished task and runs the rest.\n\nExamples:\n  segue resume\n  segue resume modeling/20260131-090507-k3f9 --step eval",
    )
    .action(resume);
}

async function resume(target: string | undefined, options: Options, command: Command): Promise<void> {
  const { resumeRun } = await import("../workflow/index.js");
  const { runAndCleanUp } = await import("./run/run-and-clean-up.js");
  const retry = retryOf(options.with);
  const client = await clientOf(options);
  const run = await client.findRun(target ?? "latest");
  const { status } = await run.summary();
  const flags = datastoreFlag(command);
  if (status === "done" && options.step === undefined) {
    const id = await run.id();
    // Its command may have been killed between two flows.
    const after = commandAfter(await run.record(), { [run.flow]: id }, flags);
    const step = "say which step to rerun: --step NAME";
    throw misuse(
      `run ${run.flow}/${id} is done`,
      after ? `continue with the flows after it: ${after}\n${step}` : step,
    );
  }
  const result = await runAndCleanUp(
    client,
    async ({ listener, signal }) =>
      resumeRun(run.flow, {
        store: client.store,
        run: await run.id(),
        step: options.step,
        maxWorkers: options.maxWorkers,
        tags: options.tag,
        retry,
        cache: options.cache,
        listener,
        signal,
      }),
    {
      quiet: options.json,
      flags,
      // The flows are slow to load.
      again: async (error) =>
        (await import("./run/command-anew.js")).commandAnew(client, await run.record(), error, flags),
    },
  );
  const { flow, run: id, status: ended, seconds } = result;
  const record = await client.flow(flow).run(id).record();
  const next = commandAfter(record, { [flow]: id }, flags);
  const { data } = record.parameters;
  const report = await writeReport(client, result, typeof data === "string" ? data : undefined);
  if (options.json)
    console.log(JSON.stringify({ flow, run: id, status: ended, seconds, ...(next && { next }), report }));
  else if (next !== undefined) console.log(`continue with the flows after it: ${next}`);
  else if (report !== undefined) console.log(`report       ${report}`);
}
