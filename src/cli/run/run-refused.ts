/** What `segue run` refuses before the first flow starts. */
import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import { flowOrder } from "../../flows/index.js";
import { closest, misuse, shellWord } from "../../system/index.js";
import type { AnyFlow, Client } from "../../workflow/index.js";
import { flagsOf } from "../../workflow/terminal/flags.js";
import { withFlags } from "../../workflow/terminal/run-text/commands.js";
import { flagsOfOthers, type Sources } from "./chain.js";
import { isFlowModule, noFlow } from "./flow-named.js";

interface Given {
  readonly input?: readonly string[];
  readonly tag?: readonly string[];
}

/** Refuses words after the flags that belong to no flag. */
export function refuseStrayWords(words: readonly string[], modules: readonly string[]): void {
  const [word] = words;
  if (word === undefined) return;
  throw misuse(
    `"${word}" follows a flag that does not take it`,
    `flows go before the flags: segue run ${modules.map(shellWord).join(" ")} --…`,
  );
}

/** Refuses parameters that the command's own flags would hide, before the parameters get theirs. */
export function refuseTakenFlags(command: Command, flows: readonly AnyFlow[]): void {
  const taken = ["--help", ...command.options.map(({ long }) => long)];
  for (const flow of flows)
    for (const flag of flagsOf(flow))
      if (taken.includes(`--${flag}`))
        throw misuse(
          `parameter ${flag} of flow "${flow.name}" is a flag of segue run itself`,
          `give the parameter another name, such as ${flow.name}-${flag}`,
        );
}

/** Refuses flow names taken as the last values of a flag that takes several: "--input a.csv modeling". */
export function refuseFlowsAsValues({ input = [], tag = [] }: Given): void {
  for (const [flag, words] of [
    ["--input", input.filter((word) => !existsSync(word))],
    ["--tag", tag.slice(1)],
  ] as const) {
    const word = words.find((each) => flowOrder.some(({ name }) => name === each));
    if (word === undefined) continue;
    throw misuse(
      `"${word}" follows ${flag}, which takes everything after it`,
      `flows go before the flags: segue run ${word} ${flag} …`,
    );
  }
}

/** Refuses flags of flows that were not requested: `segue run primary --input new.csv` would ignore the file. */
export function refuseFlagsOfOthers(command: Command, flows: readonly AnyFlow[]): void {
  for (const flag of flagsOfOthers(flowOrder, flows)) {
    const attribute = new Option(`--${flag}`).attributeName();
    if (command.getOptionValueSource(attribute) !== "cli") continue;
    const names = flows.map(({ name }) => name);
    const owner = flowOrder.findIndex((flow) => flagsOf(flow).includes(flag));
    const places = [owner, ...flows.map((flow) => flowOrder.indexOf(flow))];
    const both = flowOrder.slice(Math.min(...places), Math.max(...places) + 1).map(({ name }) => name);
    throw misuse(
      `--${flag} is not an option of ${names.join(", ")}`,
      `it belongs to ${flowOrder[owner]!.name}: leave it out, or run that too: segue run ${both.join(" ")} --${flag} …`,
    );
  }
}

export function flowsToRun(names: readonly string[]): readonly AnyFlow[] {
  if (names.length === 0) return flowOrder;
  const known = flowOrder.map((flow) => flow.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    if (isFlowModule(name))
      throw misuse(`"${name}" follows a flag`, `name the module first: segue run ${name} --…`);
    if (closest(name, known) === undefined && existsSync(name))
      throw misuse(`"${name}" is a file, not a flow`, `segue run --input ${shellWord(name)}`);
    throw noFlow(name, known);
  }
  return flowOrder.filter((flow) => names.includes(flow.name));
}

/** Refuses runs named by --from that would change nothing: flows read only what comes before them, as this command makes it. */
export function refuseUnread(sources: Sources, flows: readonly AnyFlow[]): void {
  const last = flowOrder.indexOf(flows.at(-1)!);
  for (const [name, run] of Object.entries(sources)) {
    const place = flowOrder.findIndex((flow) => flow.name === name);
    const isMade = flows.some((flow) => flow.name === name);
    if (place >= 0 && place < last && !isMade) continue;
    const why = isMade ? `this command runs ${name} itself` : `${flows.at(-1)!.name} reads no run of ${name}`;
    throw misuse(`--from ${name}/${run} would change nothing: ${why}`, "leave it out");
  }
}

/**
 * Each of Segue's flows reads the results of the one before it: from this command, the run named by --from, or the latest run.
 * Refuses flows for which there are none.
 *
 * @param datastore the datastore's flag, for the suggested command
 */
export async function refuseNothingToRead(
  client: Client,
  flows: readonly AnyFlow[],
  sources: Sources,
  datastore: string,
): Promise<void> {
  const hasDone = async ({ name }: AnyFlow) =>
    sources[name] !== undefined || (await client.flow(name).runs()).some(({ status }) => status === "done");
  for (const flow of flows) {
    const place = flowOrder.indexOf(flow);
    let first = place;
    while (first > 0 && !flows.includes(flowOrder[first - 1]!) && !(await hasDone(flowOrder[first - 1]!)))
      first--;
    if (first === place) continue;
    const before = flowOrder[place - 1]!.name;
    const [latest] = await client.flow(before).runs({ limit: 1 });
    throw misuse(
      `${flow.name} needs a finished run of ${before}, and there is none in ${client.store.url}`,
      withFlags(
        latest === undefined
          ? `run that too: segue run ${flowOrder
              .slice(first, place + 1)
              .map(({ name }) => name)
              .join(" ")}`
          : `its latest run (${latest.status}), and how to resume it: segue show ${before}/${latest.run}`,
        datastore,
      ),
    );
  }
}
