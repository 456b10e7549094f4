/** `segue show`: a run step by step, or a flow before it runs; as text, as JSON, or as a picture. */
import type { Command } from "commander";
import { checkOutput, isSegueError, misuse, writeFileAtomic } from "../system/index.js";
import type { AnyFlow, Client, RunReader, RunRecord, RunSummary } from "../workflow/index.js";
import { commandAfter } from "../workflow/terminal/run-text/commands.js";
import { plainLine } from "../workflow/terminal/text/printable.js";
import { addDatastoreOption, clientOf, type DatastoreOptions, datastoreFlag } from "./datastore/datastore.js";
import { ofOption } from "./options/of-option.js";
import { requireNamed } from "./options/output-named.js";
import { flowNamed, isFlowModule, ownFlows } from "./run/flow-named.js";

interface Options extends DatastoreOptions {
  readonly svg?: string | true;
  readonly compare?: string;
  readonly json?: boolean;
}

export function registerShow(program: Command): void {
  addDatastoreOption(program.command("show"))
    .description("show a run step by step, or draw a flow")
    .argument("<run>", "a run, the end of its id, a flow (its latest run), or a flow's module")
    .option("--svg [file]", "draw the steps with their states and times; without a file, print it")
    .option("--compare <run>", "another run: which parameters differ, and the figures of both side by side")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExamples:\n  segue show modeling\n  segue show modeling/20260131-090507-k3f9 --svg run.svg\n  segue show modeling --compare modeling/20260131-090507-k3f9\n  segue show ./flows/tuning.js --svg flow.svg",
    )
    .action(show);
}

async function show(target: string, options: Options, command: Command): Promise<void> {
  const { compare, svg } = options;
  if (compare !== undefined && svg !== undefined)
    throw misuse("--compare prints no picture, and --svg is given, too", "Leave out one of them.");
  if (typeof svg === "string") await ofOption("--svg", () => requireNamed(svg, "an SVG", [".svg"]));
  if (isFlowModule(target) && compare === undefined) return showFlow(await flowNamed(target), options);
  const client = await clientOf(options);
  if (compare !== undefined) {
    const other = await ofOption("--compare", () => client.findRun(compare));
    const { printComparison } = await import("./datastore/compare-runs.js");
    return printComparison(client, [await client.findRun(target), other], options.json);
  }
  const run = await client.findRun(target).catch((error: unknown) => {
    // One of Segue's own flows that never ran.
    if (isSegueError(error) && error.code === "misuse" && ownFlows().includes(target)) return undefined;
    throw error;
  });
  if (run === undefined) return showFlow(await flowNamed(target), options);
  if (options.svg !== undefined) {
    const { drawRun } = await import("../workflow/picture.js");
    return printSvg(await drawRun(run), options.svg, options.json);
  }
  await showRun(client, run, options, datastoreFlag(command));
}

async function showFlow(flow: AnyFlow, options: Options): Promise<void> {
  if (options.svg !== undefined) {
    const { drawFlow } = await import("../workflow/picture.js");
    return printSvg(drawFlow(flow), options.svg, options.json);
  }
  const { describeFlow } = await import("../workflow/terminal/run-text/describe.js");
  console.log(
    options.json ? JSON.stringify({ flow: flow.name, steps: flow.nodes }, null, 2) : describeFlow(flow),
  );
}

async function printSvg(svg: string, file: string | true, json = false): Promise<void> {
  if (file === true) {
    process.stdout.write(json ? `${JSON.stringify({ svg })}\n` : svg);
    return;
  }
  await ofOption("--svg", async () => {
    await checkOutput(file);
    await writeFileAtomic(file, svg);
  });
  console.log(json ? JSON.stringify({ file }) : `drew ${file}`);
}

async function showRun(client: Client, run: RunReader, options: Options, flags: string): Promise<void> {
  const [summary, tasks, record] = await Promise.all([run.summary(), run.tasks(), run.record()]);
  if (options.json) {
    console.log(JSON.stringify({ ...summary, tasks }, null, 2));
    return;
  }
  const { describeRun } = await import("../workflow/terminal/run-text/describe.js");
  console.log(
    describeRun(summary, tasks, {
      flags,
      next: commandAfter({ next: record.next }, {}, flags),
      again: await commandForFailed(client, summary, record, flags),
      printed: await lastPrinted(run, summary),
    }),
  );
}

async function commandForFailed(
  client: Client,
  { failed }: RunSummary,
  record: RunRecord,
  flags: string,
): Promise<string | undefined> {
  if (failed === undefined) return undefined;
  // The flows are slow to load.
  const { commandAnew } = await import("./run/command-anew.js");
  return commandAnew(client, record, failed.error, flags);
}

/** How many of a failed task's last lines to show. */
const shownLines = 5;

/** The last lines printed by the task that failed the run, without the stack: its relevant line is shown with the error. */
async function lastPrinted(run: RunReader, { failed }: RunSummary): Promise<string[]> {
  if (failed === undefined) return [];
  const { step, task, error } = failed;
  // A run that failed before any task began has no log.
  const lines = await run
    .task(step, task)
    .logs()
    .catch(() => []);
  const stack = new Set(error.stack?.split("\n"));
  const own = lines.map(({ text }) => text).filter((text) => !stack.has(text));
  const last = own.slice(-shownLines);
  return process.stdout.isTTY ? last.map(plainLine) : last;
}
