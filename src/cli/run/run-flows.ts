/** The work of `segue run`: reads flags and conf/, runs the flows one after the other, and prints the outcome. */
import { join } from "node:path";
import { Command } from "commander";
import { flowOrder } from "../../flows/index.js";
import { misuse, packageRoot, shellWord, usableCores } from "../../system/index.js";
import {
  type AnyFlow,
  type Client,
  checkParameters,
  type FlowsToRun,
  Pool,
  parseParameters,
  type RunOptions,
  type RunResult,
  readParameters,
  runFlow,
} from "../../workflow/index.js";
import { flagName } from "../../workflow/parameters/flag-name.js";
import { addParameterFlags, givenParameters, refuseValuesOfSwitches } from "../../workflow/terminal/flags.js";
import { commandAfter } from "../../workflow/terminal/run-text/commands.js";
import {
  addDatastoreOption,
  clientOf,
  type DatastoreOptions,
  datastoreFlag,
} from "../datastore/datastore.js";
import { refuseEmptyPaths } from "../options/empty-paths.js";
import { maxWorkersOption } from "../options/number-option.js";
import { addOtherNames } from "../options/other-names.js";
import { leaveOutOption } from "../playlists/raw-files.js";
import { flagsOfOthers, flowsFrom, sourcesFrom } from "./chain.js";
import { commandAnew } from "./command-anew.js";
import { flowNamed, isFlowModule } from "./flow-named.js";
import { cacheOption, retryOf, withOption } from "./how-to-run.js";
import { runAndCleanUp } from "./run-and-clean-up.js";
import { printOutcome, runOutcome } from "./run-outcome.js";
import {
  flowsToRun,
  refuseFlagsOfOthers,
  refuseFlowsAsValues,
  refuseNothingToRead,
  refuseStrayWords,
  refuseTakenFlags,
  refuseUnread,
} from "./run-refused.js";
import { writeReport } from "./write-report.js";

interface Options extends DatastoreOptions {
  readonly maxWorkers?: number;
  readonly tag?: string[];
  readonly with?: string[];
  readonly cache?: boolean;
  readonly engine?: "local" | "dbos";
  readonly from?: string[];
  readonly json?: boolean;
  readonly data?: string;
  readonly input?: readonly string[];
}

export async function runFlows(args: readonly string[]): Promise<void> {
  const firstFlag = args.findIndex((arg) => arg.startsWith("-"));
  const first = args.slice(0, firstFlag < 0 ? args.length : firstFlag);
  // The flags are the flow's parameters, so its module has to be loaded before they are parsed.
  const own = first.some(isFlowModule) ? await Promise.all(first.map(flowNamed)) : undefined;
  const command = own ? ownFlowsCommand(first, own) : runCommand();
  const flags = firstFlag < 0 ? [] : args.slice(firstFlag);
  const isFlow = (word: string) => isFlowModule(word) || flowOrder.some((flow) => flow.name === word);
  refuseValuesOfSwitches(command, flags, isFlow);
  command.action(async (names: string[]) => {
    if (own) refuseStrayWords(names.slice(first.length), first);
    else refuseFlowsAsValues(command.opts<Options>());
    await runAll(own ?? flowsToRun(names), command, own && first, flags);
  });
  await command.parseAsync([...args], { from: "user" });
}

function runCommand(): Command {
  const command = new Command("segue run")
    .description("run the flows: from raw playlists to a checked endpoint")
    .argument(
      "[flows...]",
      `${flowOrder.map((flow) => flow.name).join(", ")} (default: all, in this order), or your own module`,
    )
    .option(
      "--input <files...>",
      "raw playlists: files or globs, plain, gzipped or in zip archives (default: what segue download fetched)",
    )
    .addOption(leaveOutOption())
    .addHelpText(
      "after",
      "\nExamples:\n  segue run --input my_playlists.csv\n  segue run --input Library.xml\n  segue run --input my_spotify_data.zip --session-gap 30\n  segue run modeling --knn-k 50 --recommenders track2vec,blend\n  segue run --input 'mpd.slice.*.json' --dev --ratio 0.1 --tag try\n  segue run deployment --from modeling/20260131-090507-k3f9\n  segue run ./tuning.js --seed 7\n  segue run ./tuning.js --help",
    );
  const results = "Results are in the data folder, data: --data names another.";
  addOtherNames(command, {
    train: "Playlists are --input.",
    playlists: "Playlists are --input.",
    output: results,
  });
  return addFlagsOf(flowOrder, addRunOptions(command, "modeling"));
}

/** The command for the user's own flows: their parameters, and the options of every run. */
function ownFlowsCommand(modules: readonly string[], flows: readonly AnyFlow[]): Command {
  const named = modules.map(shellWord).join(" ");
  const command = new Command(`segue run ${named}`)
    .usage("[options]")
    .description(
      flows.map(({ name, description }) => (description ? `${name}: ${description}` : name)).join("\n"),
    )
    // What stands behind the flags is refused with a better message than commander's.
    .argument("[words...]")
    .addHelpText(
      "after",
      `\nExamples:\n  segue run ${named} --tag try\n  segue run ${named} --with retry=2 --cache`,
    );
  command.configureHelp({ visibleArguments: () => [] });
  addRunOptions(command, flows[0]!.name);
  refuseTakenFlags(command, flows);
  return addFlagsOf(flows, command);
}

/** Refuses a flow of the user's own that `segue run` could not run, since its own flags hide parameters. */
export function refuseHiddenParameters(flow: AnyFlow): void {
  refuseTakenFlags(addRunOptions(new Command("segue run"), flow.name), [flow]);
}

/** @param example the flow named in the help of --from */
function addRunOptions(command: Command, example: string): Command {
  return addDatastoreOption(command)
    .addOption(maxWorkersOption())
    .option(
      "--from <runs...>",
      `runs whose results to use: ${example}/20260131-090507-k3f9 (default: the latest successful run of each flow)`,
    )
    .option("--tag <tags...>", "tags for the runs")
    .addOption(withOption())
    .addOption(cacheOption())
    .option("--engine <engine>", "local, or dbos with SEGUE_DATABASE_URL", "local")
    .option("--json", "print one JSON object at the end, and nothing else")
    .showHelpAfterError("(add --help for the options and an example)")
    .showSuggestionAfterError(true)
    .exitOverride();
}

function addFlagsOf(flows: readonly AnyFlow[], command: Command): Command {
  for (const flow of flows) addParameterFlags(command, flow);
  return command;
}

/** @param modules how the flows were named, if they are not Segue's own */
async function runAll(
  flows: readonly AnyFlow[],
  command: Command,
  modules: readonly string[] | undefined,
  flags: readonly string[],
): Promise<void> {
  refuseEmptyPaths(command);
  const options = command.opts<Options>();
  const began = performance.now();
  const retry = retryOf(options.with);
  if (modules === undefined) refuseFlagsOfOthers(command, flows);
  const engine = options.engine ?? "local";
  if (engine !== "local" && engine !== "dbos")
    throw misuse(`there is no engine "${String(engine)}"`, "the engines are local and dbos");
  // Segue's own parameters do not apply to other flows.
  const shipped = modules === undefined ? join(packageRoot, "conf") : undefined;
  const plans = await plansFor(flows, command, shipped);
  for (const { flow, checked } of plans) await checkParameters(flow, checked, engine);
  const client = await clientOf(options);
  // For each flow, the run made by this command or named by --from: others may run the same flows meanwhile.
  const sources: Record<string, string> = { ...(await sourcesFrom(client, options.from ?? [])) };
  if (modules === undefined) {
    refuseUnread(sources, flows);
    await refuseNothingToRead(client, flows, sources, datastoreFlag(command));
  }
  const chain = { flows: modules ?? flows.map((each) => each.name), flags };
  const results = await runChain(plans, chain, sources, client, { ...options, retry, engine }, command);
  const outcome = await runOutcome(client, results, (performance.now() - began) / 1000);
  const report = await writeReport(client, results.at(-1)!, options.data);
  if (options.json) console.log(JSON.stringify({ ...outcome, report }));
  else printOutcome(outcome, report, datastoreFlag(command));
}

/**
 * Runs the flows one after the other.
 *
 * @param sources the run of each flow to read; every new one is put here, for the flows after it
 * @returns a result for each flow
 */
async function runChain(
  plans: Awaited<ReturnType<typeof plansFor>>,
  chain: FlowsToRun,
  sources: Record<string, string>,
  client: Client,
  options: Options & { readonly retry: RunOptions["retry"] },
  command: Command,
): Promise<RunResult[]> {
  const { maxWorkers, retry, engine } = options;
  const flows = plans.map(({ flow }) => flow);
  // The flows share their processes, so that modules are loaded once.
  const pool = new Pool();
  // A second process preloads the later flows while the first works.
  if (engine === "local" && flows.length > 1) pool.expect(flows, Math.min(2, usableCores(), maxWorkers ?? 2));
  const results: RunResult[] = [];
  try {
    for (const [place, { flow, parameters }] of plans.entries()) {
      const again = flowsFrom(place, chain, flagsOfOthers(flowOrder, flows.slice(place)));
      const next = flowsFrom(place + 1, chain, flagsOfOthers(flowOrder, flows.slice(place + 1)));
      const result = await runAndCleanUp(
        client,
        ({ listener, signal }) =>
          runFlow(flow, parameters, {
            store: client.store,
            maxWorkers,
            retry,
            tags: options.tag ?? [],
            cache: options.cache ?? false,
            sources,
            next: next.flows.length === 0 ? undefined : next,
            again,
            engine,
            pool,
            listener,
            signal,
          }),
        {
          quiet: options.json ?? false,
          flags: datastoreFlag(command),
          next: commandAfter({ next }, {}),
          again: (error) => commandAnew(client, { flow: flow.name, again, sources }, error),
        },
      ).catch(async (error: unknown) => {
        if ((error as Error).name !== "AbortError") await pool.settled();
        throw error;
      });
      sources[flow.name] = result.run;
      results.push(result);
    }
    await pool.settled();
  } finally {
    await pool.close();
  }
  return results;
}

/** Each flow with its parameters. All are parsed before the first starts: a typo in the last must not cost the work of the first. */
async function plansFor(flows: readonly AnyFlow[], command: Command, shipped: string | undefined) {
  const plans = [];
  for (const flow of flows) {
    const layered = await readParameters("conf", flow, { known: [...flowOrder, ...flows], shipped });
    const given = givenParameters(command, flow);
    const parameters = { ...layered.values, ...given };
    const checked = parseParameters(flow, parameters, { sources: withoutGiven(layered.sources, given) });
    plans.push({ flow, parameters, checked });
  }
  return plans;
}

function withoutGiven(sources: Readonly<Record<string, string>>, given: object): Record<string, string> {
  const flags = new Set(Object.keys(given).map(flagName));
  return Object.fromEntries(Object.entries(sources).filter(([name]) => !flags.has(name)));
}
