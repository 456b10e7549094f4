/** `segue runs`: lists runs, newest first. */
import type { Command } from "commander";
import { misuse, wholeNumber } from "../system/index.js";
import { isFlowName } from "../workflow/flow/flow-name.js";
import type { Client } from "../workflow/index.js";
import { durationIfKnown } from "../workflow/terminal/text/duration.js";
import { colour, colourOfStatus, columns, localTime } from "../workflow/terminal/text/format.js";
import { addDatastoreOption, clientOf, type DatastoreOptions } from "./datastore/datastore.js";
import { numberOption } from "./options/number-option.js";

/** The default limit, without --json. */
const shortList = 20;

interface Options extends DatastoreOptions {
  readonly tag?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

export function registerRuns(program: Command): void {
  addDatastoreOption(program.command("runs"))
    .description("list runs, newest first")
    .argument("[flow]", "only the runs of this flow")
    .option("--tag <tag>", "only runs with this tag")
    .addOption(
      numberOption("--limit <n>", "at most this many (default: 20; with --json, all)", wholeNumber(1)),
    )
    .option("--json", "print one JSON array")
    .addHelpText("after", "\nExample:\n  segue runs modeling --tag nightly --limit 5")
    .action(runs);
}

async function runs(flow: string | undefined, options: Options): Promise<void> {
  if (flow !== undefined && !isFlowName(flow))
    throw misuse(
      `"${flow}" is not the name of a flow`,
      "`segue runs` lists the runs of all; another place is named by --datastore",
    );
  const client = await clientOf(options);
  const all = await client.runs({ flow, tag: options.tag });
  const found = all.slice(0, options.limit ?? (options.json ? all.length : shortList));
  if (options.json) {
    console.log(JSON.stringify(found, null, 2));
    return;
  }
  if (found.length === 0) {
    console.log(await noRuns(client, flow, options.tag));
    return;
  }
  const rows = found.map((run) => [
    `${run.flow}/${run.run}`,
    colour(colourOfStatus(run.status), run.status),
    durationIfKnown(run.seconds),
    localTime(run.created),
    [...run.tags, ...(run.origin ? [`resumes ${run.origin}`] : [])].join(", "),
  ]);
  console.log(
    columns([["run", "status", "time", "begun", "tags"].map((name) => colour("dim", name)), ...rows]),
  );
  if (found.length < all.length)
    console.log(
      `and ${all.length - found.length} older; --limit ${all.length} lists all ${all.length}, --json too`,
    );
}

async function noRuns(client: Client, flow: string | undefined, tag: string | undefined): Promise<string> {
  const ofFlow = flow === undefined ? "" : ` of "${flow}"`;
  const place = `${ofFlow} in ${client.store.url}`;
  const runs = tag === undefined ? [] : await client.runs({ flow });
  if (runs.length === 0) {
    const flows = [...new Set((await client.runs()).map((run) => run.flow))];
    return `no runs${place}; ${flows.length === 0 ? "segue run makes one" : `there are of ${flows.join(", ")}`}`;
  }
  const tags = [...new Set(runs.flatMap((run) => run.tags))];
  const named = tags.length === 0 ? "none has a tag" : `their tags: ${tags.slice(0, 12).join(", ")}`;
  return `no run${place} has the tag "${tag}" (${runs.length} looked through); ${named}`;
}
