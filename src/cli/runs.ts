/** `segue runs`: lists runs, newest first. */
import type { Command } from "commander";
import { wholeNumber } from "../system/index.js";
import { addDatastoreOption, clientOf, type DatastoreOptions } from "./datastore.js";
import { numberOption } from "./number-option.js";

interface Options extends DatastoreOptions {
  readonly tag?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export function registerRuns(program: Command): void {
  addDatastoreOption(program.command("runs"))
    .description("list runs, newest first")
    .argument("[flow]", "only the runs of this flow")
    .option("--tag <tag>", "only runs with this tag")
    .addOption(numberOption("--limit <n>", "at most so many", wholeNumber(1)).default(20))
    .option("--json", "print one JSON array")
    .addHelpText("after", "\nExample:\n  segue runs modeling --tag nightly --limit 5")
    .action(runs);
}

async function runs(flow: string | undefined, options: Options): Promise<void> {
  const { misuse } = await import("../system/index.js");
  if (flow !== undefined && !/^[a-z][\w-]*$/i.test(flow))
    throw misuse(
      `"${flow}" is no name of a flow`,
      "`segue runs` lists the runs of all; another place is named by --datastore",
    );
  const client = await clientOf(options);
  const found = await client.runs({ flow, tag: options.tag, limit: options.limit });
  if (options.json) {
    console.log(JSON.stringify(found, null, 2));
    return;
  }
  if (found.length === 0) {
    console.log(`no runs${flow ? ` of "${flow}"` : ""} in ${client.store.url}; segue run makes one`);
    return;
  }
  const { colourOfStatus, colour, columns, duration, localTime } = await import(
    "../workflow/terminal/format.js"
  );
  const rows = found.map((run) => [
    `${run.flow}/${run.run}`,
    colour(colourOfStatus(run.status), run.status),
    run.seconds === undefined ? "" : duration(run.seconds),
    localTime(run.created),
    [...run.tags, ...(run.origin ? [`resumes ${run.origin}`] : [])].join(", "),
  ]);
  console.log(
    columns([["run", "status", "time", "begun", "tags"].map((name) => colour("dim", name)), ...rows]),
  );
}
