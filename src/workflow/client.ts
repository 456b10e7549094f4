/**
 * Reading runs, tasks and artifacts back:
 *
 * ```ts
 * const ratio = await Segue.flow("modeling").latestSuccessfulRun.task("eval").artifact<number>("testHitRatio");
 * ```
 *
 * Every step of such a chain is lazy: nothing is read before the last one is awaited. What is not there is an error that says
 * what there is instead.
 */
import { requireStore, type Store, storeAt } from "../storage/index.js";
import { closest, misuse, requireWithin, SegueError, someText, thingWith } from "../system/index.js";
import { loadArtifact } from "./artifacts/load-artifact.js";
import type { ArtifactRef } from "./artifacts/ref.js";
import { aFlowName, isFlowName } from "./flow-name.js";
import { type DoneRecord, keys, type RunRecord, type RunStatus, readRecord } from "./records.js";
import { listRuns, type RunSummary, runSummary } from "./runs.js";
import { type LogLine, parseLog } from "./task-log.js";
import { findTasks, type TaskSummary } from "./tasks.js";

/** Reads the runs of a datastore. */
export class Client {
  readonly store: Store;
  /** By flow, the run that `latestSuccessfulRun` means; see `openClient`. */
  readonly sources: Readonly<Record<string, string>>;

  constructor(store: Store, sources: Readonly<Record<string, string>> = {}) {
    requireStore(store, "a client");
    requireWithin(thingWith("an object of runs by flow"), "sources", sources);
    this.store = store;
    this.sources = sources;
  }

  /** The runs of one flow, by its name. */
  flow(name: string): FlowReader {
    return new FlowReader(this.store, name, this.sources[name]);
  }

  /** Runs of all flows, newest first. */
  runs(options: { flow?: string; tag?: string; limit?: number } = {}): Promise<RunSummary[]> {
    return listRuns(this.store, options);
  }

  /**
   * The run that "flow/run", a run's id, the end of one, or a flow's name (its latest run) means.
   *
   * @throws SegueError (misuse) where there is none
   */
  async findRun(text: string): Promise<RunReader> {
    requireWithin(someText, "the run to find", text);
    const parts = text.split("/");
    const [flow, run] = parts.length === 1 ? [undefined, parts[0]!] : [parts[0]!, parts[1]!];
    const isName = parts.length < 3 && (flow === undefined || isFlowName(flow));
    const all = isName ? await listRuns(this.store, flow === undefined ? {} : { flow }) : [];
    const found =
      all.find((each) => each.run === run) ??
      (run === "latest" || run === "" ? all[0] : undefined) ??
      all.find((each) => flow === undefined && each.flow === run) ??
      (run.length >= 3 ? all.find((each) => each.run.endsWith(run) || each.run.startsWith(run)) : undefined);
    if (found) return new RunReader(this.store, found.flow, async () => found.run);
    throw await this.#noRun(text, flow, flow ?? run);
  }

  async #noRun(text: string, flow: string | undefined, meant: string): Promise<SegueError> {
    const flows = [...new Set((await listRuns(this.store)).map((each) => each.flow))];
    if (flows.length === 0) return misuse(`there are no runs in ${this.store.url}`, "segue run makes one");
    const isKnown = flow !== undefined && flows.includes(flow);
    const near = isKnown ? undefined : closest(meant, flows);
    return misuse(
      `there is no run "${text}" in ${this.store.url}`,
      near ? `did you mean "${near}"?` : `\`segue runs${isKnown ? ` ${flow}` : ""}\` lists them`,
    );
  }
}

/**
 * Reads the datastore `store`, or that of SEGUE_DATASTORE, or .segue in the current folder.
 *
 * @param sources by flow, the run that `latestSuccessfulRun` means: within a step, those of the run that it is part of
 * @throws SegueError (misuse) where `store` is none
 */
export function openClient(store?: Store, sources?: Readonly<Record<string, string>>): Client {
  return new Client(store === undefined ? storeAt(process.env.SEGUE_DATASTORE ?? ".segue") : store, sources);
}

/** The runs of one flow; nothing is read before something is awaited. */
export class FlowReader {
  readonly store: Store;
  readonly name: string;
  readonly #source: string | undefined;

  /** @param source the run that `latestSuccessfulRun` means; default: the one that is the latest when it is read */
  constructor(store: Store, name: string, source?: string) {
    requireWithin(aFlowName, "flow", name);
    this.store = store;
    this.name = name;
    this.#source = source;
  }

  /** Newest first. */
  runs(options: { tag?: string; limit?: number } = {}): Promise<RunSummary[]> {
    return listRuns(this.store, { ...options, flow: this.name });
  }

  /** The run of that id, such as "20260131-090507-k3f9". */
  run(id: string): RunReader {
    requireWithin(someText, "the run's id", id);
    return new RunReader(this.store, this.name, async () => id);
  }

  get latestRun(): RunReader {
    return this.#latest(() => true, "run");
  }

  /**
   * The latest run that is done. Within a step of a run that was told which run of this flow it reads (`segue run` of several
   * flows, `--from`), that one.
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
          ? `its latest run (${last.status}), and how to go on with it: segue show ${this.name}/${last.run}`
          : `make one: segue run ${this.name}`,
        code: "no-run",
      });
    });
  }
}

/** One run; which one it is may turn out only when it is read (the latest). */
export class RunReader {
  readonly store: Store;
  readonly flow: string;
  readonly #find: () => Promise<string>;
  #id: Promise<string> | undefined;

  constructor(store: Store, flow: string, find: () => Promise<string>) {
    this.store = store;
    this.flow = flow;
    this.#find = find;
  }

  /** Its id, without the flow's name. */
  id(): Promise<string> {
    this.#id ??= this.#find();
    return this.#id;
  }

  /** What was written of it when it began: parameters, tags, steps. */
  async record(): Promise<RunRecord> {
    const id = await this.id();
    const record = await readRecord<RunRecord>(this.store, keys.run(this.flow, id));
    if (!record)
      throw misuse(`there is no run ${this.flow}/${id} in ${this.store.url}`, "`segue runs` lists them");
    return record;
  }

  /** Its status, when it began, how long it took. */
  async summary(): Promise<RunSummary> {
    return runSummary(this.store, await this.record());
  }

  /** "running", "done", "failed", "stopped", or "interrupted" where its process has gone. */
  async status(): Promise<RunStatus> {
    return (await this.summary()).status;
  }

  /** What it was tagged with when it began. */
  async tags(): Promise<readonly string[]> {
    return (await this.record()).tags;
  }

  /** What is known of every task that was begun, in the order of the flow. */
  async tasks(step?: string): Promise<TaskSummary[]> {
    return findTasks(this.store, await this.record(), step);
  }

  /** @param task its place within a foreach: "3", nested "3.1" */
  task(step: string, task: string | number = "0"): TaskReader {
    return new TaskReader(this, step, String(task));
  }

  /** An artifact of the last step. */
  async artifact<T = unknown>(name: string): Promise<T> {
    const { nodes } = await this.record();
    return this.task(nodes.at(-1)!.name).artifact<T>(name);
  }
}

/** One task of a run: a step, or one item's turn of a foreach. */
export class TaskReader {
  readonly run: RunReader;
  readonly step: string;
  readonly task: string;

  constructor(run: RunReader, step: string, task: string) {
    this.run = run;
    this.step = step;
    this.task = task;
  }

  /** @throws SegueError where the task is not done */
  async record(): Promise<DoneRecord> {
    const { store, flow } = this.run;
    const id = await this.run.id();
    const record = await readRecord<DoneRecord>(store, keys.done(flow, id, this.step, this.task));
    if (record) return record;
    const { nodes } = await this.run.record();
    const names = nodes.map((node) => node.name);
    const place = `${flow}/${id}/${this.step}/${this.task}`;
    if (!names.includes(this.step)) {
      const near = closest(this.step, names);
      throw misuse(
        `flow "${flow}" has no step "${this.step}"`,
        near ? `did you mean "${near}"?` : `its steps: ${names.join(", ")}`,
      );
    }
    const done = (await this.run.tasks(this.step)).filter((each) => each.status === "done");
    throw new SegueError(`task ${place} is not done`, {
      hint:
        done.length > 0
          ? `done in this step: ${done
              .slice(0, 10)
              .map((each) => each.task)
              .join(", ")}${done.length > 10 ? ", …" : ""}`
          : `segue show ${flow}/${id} tells how far the run is`,
      code: "task-not-done",
    });
  }

  /** The artifacts that can be read after the task, by reference: their kind, size and hash. */
  async artifacts(): Promise<Readonly<Record<string, ArtifactRef>>> {
    return (await this.record()).artifacts;
  }

  /**
   * The value of an artifact; a table or a file comes as a handle.
   *
   * @throws SegueError where the task has none of that name: names the ones it has
   */
  async artifact<T = unknown>(name: string): Promise<T> {
    const { artifacts } = await this.record();
    const place = `${this.run.flow}/${await this.run.id()}/${this.step}/${this.task}`;
    const ref = artifacts[name];
    if (!ref) {
      const names = Object.keys(artifacts);
      const near = closest(name, names);
      throw misuse(
        `${place} has no artifact "${name}"`,
        near ? `did you mean "${near}"?` : names.length > 0 ? `it has ${names.join(", ")}` : "it has none",
      );
    }
    return (await loadArtifact(this.run.store, ref, `artifact "${name}" of ${place}`)) as T;
  }

  /** What the task printed, in its last attempt or in the one named. */
  async logs(attempt?: string): Promise<LogLine[]> {
    const bytes = await this.#file("log", attempt);
    return bytes === undefined ? [] : parseLog(new TextDecoder().decode(bytes));
  }

  /** The task's card as an HTML page; undefined where it made none. */
  async card(attempt?: string): Promise<string | undefined> {
    const bytes = await this.#file("card.html", attempt);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  /** Its status, attempts and times. */
  async summary(): Promise<TaskSummary> {
    const [found] = await findTasks(this.run.store, await this.run.record(), this.step, this.task);
    if (found) return found;
    await this.record();
    throw new SegueError(`task ${this.step}/${this.task} has not been begun`);
  }

  async #file(file: string, attempt?: string): Promise<Uint8Array | undefined> {
    const { flow, store } = this.run;
    const summary = await this.summary();
    const name = attempt ?? summary.attempts.at(-1)?.attempt;
    if (name === undefined) return undefined;
    // A task that was taken over left its log and card where it ran.
    const run = summary.reusedFrom ?? (await this.run.id());
    return store.get(keys.attempt(flow, run, this.step, this.task, name, file));
  }
}

/** Everything in the default datastore: SEGUE_DATASTORE, or .segue in the current folder. */
export const Segue = {
  flow: (name: string): FlowReader => openClient().flow(name),
  runs: (options: { flow?: string; tag?: string; limit?: number } = {}): Promise<RunSummary[]> =>
    openClient().runs(options),
};
