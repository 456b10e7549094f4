/** Reads a run: its record, its tasks, and each task's artifacts, log and card. */
import type { Store } from "../../storage/index.js";
import { didYouMean, firstTen, misuse, SegueError } from "../../system/index.js";
import { loadArtifact } from "../artifacts/load-artifact.js";
import type { ArtifactRef } from "../artifacts/ref.js";
import { firstTask } from "../flow/graph.js";
import { requireStep } from "../flow/require-step.js";
import { refOf } from "../task/merge.js";
import { type LogLine, parseLog } from "../task/task-log.js";
import { readRecord } from "./read-record.js";
import { type DoneRecord, keys, type RunRecord, type RunStatus } from "./records.js";
import { type RunSummary, runSummary } from "./runs.js";
import { findTasks, type TaskSummary } from "./tasks.js";

/** Reads one run. Which one may be resolved only when it is first read (the latest). */
export class RunReader {
  readonly store: Store;
  readonly flow: string;
  readonly #find: () => Promise<string>;
  #id: Promise<string> | undefined;
  #record: Promise<RunRecord> | undefined;

  constructor(store: Store, flow: string, find: () => Promise<string>) {
    this.store = store;
    this.flow = flow;
    this.#find = find;
  }

  /** The run's id, without the flow's name. */
  id(): Promise<string> {
    this.#id ??= this.#find();
    return this.#id;
  }

  /** The record written when the run began: parameters, tags, steps. @throws SegueError (misuse) if there is no such run */
  record(): Promise<RunRecord> {
    // It never changes once it is there.
    this.#record ??= this.#read().catch((error: unknown) => {
      this.#record = undefined;
      throw error;
    });
    return this.#record;
  }

  async #read(): Promise<RunRecord> {
    const id = await this.id();
    const record = await readRecord<RunRecord>(this.store, keys.run(this.flow, id));
    if (!record)
      throw misuse(`there is no run ${this.flow}/${id} in ${this.store.url}`, "`segue runs` lists them");
    return record;
  }

  /** The run's status, start and duration. */
  async summary(): Promise<RunSummary> {
    return runSummary(this.store, await this.record());
  }

  /** "running", "done", "failed", "stopped", or "interrupted" if its process died. */
  async status(): Promise<RunStatus> {
    return (await this.summary()).status;
  }

  /** The tags that the run was started with. */
  async tags(): Promise<readonly string[]> {
    return (await this.record()).tags;
  }

  /**
   * Summaries of all started tasks, or of those of one step, in the order of the flow.
   *
   * @throws SegueError (misuse) if there is no such step
   */
  async tasks(step?: string): Promise<TaskSummary[]> {
    const record = await this.record();
    if (step !== undefined) requireStep(this.flow, record.nodes, step);
    return findTasks(this.store, record, step);
  }

  /** @param task the position of its item in a foreach: "3", nested "3.1"; default: the first */
  task(step: string, task: string | number = "0"): TaskReader {
    return new TaskReader(this, step, String(task));
  }

  /** Reads an artifact of the last step. */
  async artifact<T = unknown>(name: string): Promise<T> {
    const { nodes } = await this.record();
    return this.task(nodes.at(-1)!.name).artifact<T>(name);
  }
}

/** Reads one task of a run: a step, or a step for one item of a foreach. */
export class TaskReader {
  readonly run: RunReader;
  readonly step: string;
  readonly task: string;

  constructor(run: RunReader, step: string, task: string) {
    this.run = run;
    this.step = step;
    this.task = task;
  }

  /** @throws SegueError (code "task-not-done") if the task is not done; (misuse) if there is no such step or task */
  async record(): Promise<DoneRecord> {
    const { store, flow } = this.run;
    const id = await this.run.id();
    const record = await readRecord<DoneRecord>(store, keys.done(flow, id, this.step, this.task));
    if (record) return record;
    const name = await this.#name();
    if (name !== this.task) return this.run.task(this.step, name).record();
    const isOver = (await this.run.status()) === "done";
    const tasks = await this.run.tasks(this.step);
    const done = tasks.filter((each) => each.status === "done").map((each) => each.task);
    const place = `${flow}/${id}/${this.step}/${name}`;
    if (isOver)
      throw misuse(
        `there is no task ${place}`,
        done.length > 0
          ? `its step has ${firstTen(done)}`
          : "its step had no task: the list that it iterates over is empty",
      );
    throw new SegueError(`task ${place} is not done`, {
      hint:
        done.length > 0
          ? `done in this step: ${firstTen(done)}`
          : `see how far the run is: segue show ${flow}/${id}`,
      code: "task-not-done",
    });
  }

  /** "0", the default, stands for the first task also if the step is within nested foreach steps. */
  async #name(): Promise<string> {
    const { nodes } = await this.run.record();
    requireStep(this.run.flow, nodes, this.step);
    return this.task === "0" ? firstTask(nodes, this.step) : this.task;
  }

  /** References to all artifacts that can be read after the task: their kind, size and hash. */
  async artifacts(): Promise<Readonly<Record<string, ArtifactRef>>> {
    return (await this.record()).artifacts;
  }

  /**
   * The value of an artifact; for a table or a file, a handle.
   *
   * @throws SegueError if the task has no such artifact; lists those that it has
   */
  async artifact<T = unknown>(name: string): Promise<T> {
    const { artifacts, task } = await this.record();
    const place = `${this.run.flow}/${await this.run.id()}/${this.step}/${task}`;
    const ref = refOf(artifacts, name);
    if (!ref) {
      const names = Object.keys(artifacts);
      throw misuse(
        `${place} has no artifact "${name}"`,
        didYouMean(name, names, `it has ${names.join(", ") || "none"}`),
      );
    }
    return (await loadArtifact(this.run.store, ref, `artifact "${name}" of ${place}`)) as T;
  }

  /** What the task printed, in its last attempt or in the given one. */
  async logs(attempt?: string): Promise<LogLine[]> {
    const bytes = await this.#file("log", attempt);
    return bytes === undefined ? [] : parseLog(new TextDecoder().decode(bytes));
  }

  /** The task's card as an HTML page; undefined if it has none. */
  async card(attempt?: string): Promise<string | undefined> {
    const bytes = await this.#file("card.html", attempt);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  /** The task's status, attempts and times. */
  async summary(): Promise<TaskSummary> {
    const name = await this.#name();
    const [found] = await findTasks(this.run.store, await this.run.record(), this.step, name);
    if (found) return found;
    await this.record();
    throw new SegueError(`task ${this.step}/${this.task} has not started`);
  }

  async #file(file: string, attempt?: string): Promise<Uint8Array | undefined> {
    const { flow, store } = this.run;
    const summary = await this.summary();
    const name = attempt ?? summary.attempts.at(-1)?.attempt;
    if (name === undefined) return undefined;
    // The log and card of a reused task are with the run in which it ran.
    const run = summary.reusedFrom ?? (await this.run.id());
    return store.get(keys.attempt(flow, run, this.step, summary.task, name, file));
  }
}
