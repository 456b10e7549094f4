/** What is in a run: its record, its tasks, and of each its artifacts, its log and its card. */
import type { Store } from "../storage/index.js";
import { didYouMean, misuse, SegueError } from "../system/index.js";
import { loadArtifact } from "./artifacts/load-artifact.js";
import type { ArtifactRef } from "./artifacts/ref.js";
import { readRecord } from "./read-record.js";
import { type DoneRecord, keys, type RunRecord, type RunStatus } from "./records.js";
import { requireStep } from "./require-step.js";
import { type RunSummary, runSummary } from "./runs.js";
import { type LogLine, parseLog } from "./task-log.js";
import { findTasks, type TaskSummary } from "./tasks.js";

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
    requireStep(flow, (await this.run.record()).nodes, this.step);
    const done = (await this.run.tasks(this.step)).filter((each) => each.status === "done");
    throw new SegueError(`task ${flow}/${id}/${this.step}/${this.task} is not done`, {
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
    const ref = Object.hasOwn(artifacts, name) ? artifacts[name] : undefined;
    if (!ref) {
      const names = Object.keys(artifacts);
      throw misuse(
        `${place} has no artifact "${name}"`,
        didYouMean(name, names, `it has ${names.join(", ") || "none"}`),
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
