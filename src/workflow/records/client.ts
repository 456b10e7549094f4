/**
 * Finds runs, and reads their tasks and artifacts:
 *
 * ```ts
 * const ratio = await Segue.flow("modeling").latestSuccessfulRun.task("eval").artifact<number>("testHitRatio");
 * ```
 *
 * Such a chain is lazy: nothing is read until its end is awaited. The error for something missing lists what there is instead.
 */
import { requireStore, type Store, storeAt } from "../../storage/index.js";
import {
  didYouMean,
  firstTen,
  misuse,
  requireWithin,
  SegueError,
  someText,
  thingWith,
} from "../../system/index.js";
import { aFlowName, isFlowName } from "../flow/flow-name.js";
import { readRecord } from "./read-record.js";
import { keys } from "./records.js";
import { RunReader } from "./run-reader.js";
import { type ListedRuns, type ListOptions, listRuns, type RunSummary, readRuns } from "./runs.js";

/** Reads the runs of a datastore. */
export class Client {
  readonly store: Store;
  /** By flow, the run that `latestSuccessfulRun` returns; see `openClient`. */
  readonly sources: Readonly<Record<string, string>>;

  constructor(store: Store, sources: Readonly<Record<string, string>> = {}) {
    requireStore(store, "a client");
    requireWithin(thingWith("an object of runs by flow"), "sources", sources);
    this.store = store;
    this.sources = sources;
  }

  /** Reads the runs of one flow. */
  flow(name: string): FlowReader {
    return new FlowReader(this.store, name, this.sources[name]);
  }

  /** Lists the runs of all flows, newest first. Damaged records are reported on standard error. */
  runs(options: ListOptions = {}): Promise<RunSummary[]> {
    return listRuns(this.store, options);
  }

  /** Like `runs`, but returns the errors of damaged records instead of printing them. */
  runsAndDamage(options: ListOptions = {}): Promise<ListedRuns> {
    return readRuns(this.store, options);
  }

  /**
   * Finds a run by "flow/run", by its id, by the end of its id, or by the flow's name (its latest run).
   *
   * @throws SegueError (misuse) if there is none, or if several runs have an id with that end
   */
  async findRun(text: string): Promise<RunReader> {
    requireWithin(someText, "the run to find", text);
    const parts = text.split("/");
    const [flow, run] = parts.length === 1 ? [undefined, parts[0]!] : [parts[0]!, parts[1]!];
    const isName = parts.length < 3 && (flow === undefined || isFlowName(flow));
    const all = isName ? await listRuns(this.store, flow === undefined ? {} : { flow }) : [];
    const named =
      all.find((each) => each.run === run) ??
      (run === "latest" || run === "" ? all[0] : undefined) ??
      all.find((each) => flow === undefined && each.flow === run);
    const isPart = named === undefined && run.length >= 3;
    const alike = isPart ? all.filter((each) => each.run.endsWith(run) || each.run.startsWith(run)) : [];
    if (alike.length > 1)
      throw misuse(
        `"${text}" may be any of ${alike.length} runs in ${this.store.url}`,
        `name one: ${firstTen(alike.map((each) => `${each.flow}/${each.run}`))}`,
      );
    const found = named ?? alike[0];
    if (found) return new RunReader(this.store, found.flow, async () => found.run);
    // Throws if the run exists but its record is damaged.
    if (isName && flow !== undefined) await readRecord(this.store, keys.run(flow, run));
    throw await this.#noRun(text, flow, flow ?? run);
  }

  async #noRun(text: string, flow: string | undefined, meant: string): Promise<SegueError> {
    const flows = [...new Set((await listRuns(this.store)).map((each) => each.flow))];
    if (flows.length === 0) return misuse(`there are no runs in ${this.store.url}`, "segue run makes one");
    const isKnown = flow !== undefined && flows.includes(flow);
    return misuse(
      `there is no run "${text}" in ${this.store.url}`,
      isKnown ? `\`segue runs ${flow}\` lists them` : didYouMean(meant, flows, "`segue runs` lists them"),
    );
  }
}

/**
 * Opens a client on a datastore.
 *
 * @param store default: SEGUE_DATASTORE, or .segue in the current folder
 * @param sources by flow, the run that `latestSuccessfulRun` returns; within a step, the `sources` of its run
 * @throws SegueError (misuse) if `store` is not a store
 */
export function openClient(store?: Store, sources?: Readonly<Record<string, string>>): Client {
  return new Client(store === undefined ? storeAt(process.env.SEGUE_DATASTORE ?? ".segue") : store, sources);
}

/** Reads the runs of one flow, lazily. */
export class FlowReader {
  readonly store: Store;
  readonly name: string;
  readonly #source: string | undefined;

  /** @param source the run that `latestSuccessfulRun` returns; default: the latest at the time of reading */
  constructor(store: Store, name: string, source?: string) {
    requireWithin(aFlowName, "flow", name);
    this.store = store;
    this.name = name;
    this.#source = source;
  }

  /** Newest first. */
  runs(options: Omit<ListOptions, "flow"> = {}): Promise<RunSummary[]> {
    return listRuns(this.store, { ...options, flow: this.name });
  }

  /** The run with this id, such as "20260131-090507-k3f9". */
  run(id: string): RunReader {
    requireWithin(someText, "the run's id", id);
    return new RunReader(this.store, this.name, async () => id);
  }

  get latestRun(): RunReader {
    return this.#latest(() => true, "run");
  }

  /**
   * The latest run that is done. Within a step whose run has a source for this flow (`segue run` of several flows, `--from`), that
   * source.
   */
  get latestSuccessfulRun(): RunReader {
    if (this.#source !== undefined) return this.run(this.#source);
    return this.#latest((run) => run.status === "done", "successful run");
  }

  #latest(wanted: (run: RunSummary) => boolean, what: string): RunReader {
    return new RunReader(this.store, this.name, async () => {
      const runs = await this.runs();
      const found = runs.find(wanted);
      if (found) return found.run;
      const [last] = runs;
      throw new SegueError(`flow "${this.name}" has no ${what} in ${this.store.url}`, {
        hint: last
          ? `its latest run (${last.status}), and how to resume it: segue show ${this.name}/${last.run}`
          : `make one: segue run ${this.name}`,
        code: "no-run",
      });
    });
  }
}

/** Reads the default datastore: SEGUE_DATASTORE, or .segue in the current folder. */
export const Segue = {
  flow: (name: string): FlowReader => openClient().flow(name),
  runs: (options: ListOptions = {}): Promise<RunSummary[]> => openClient().runs(options),
};
