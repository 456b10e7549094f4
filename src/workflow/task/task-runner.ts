/**
 * Runs one attempt of a task in this process: loads what it reads, calls the step's function, stores what it returned and,
 * last of all, publishes the done-record. Until that record is there, nothing of the attempt counts.
 */
import { mkdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import type { Store } from "../../storage/index.js";
import {
  bornOf,
  errorData,
  explainDiskError,
  isSegueError,
  ownerMark,
  type Progress,
  refuseTemporary,
  SegueError,
  sweepLeftovers,
} from "../../system/index.js";
import { artifactNames, isArtifactName } from "../artifacts/artifact-name.js";
import { isFileArtifact } from "../artifacts/file.js";
import type { ArtifactRef } from "../artifacts/ref.js";
import { storeArtifact } from "../artifacts/store-artifact.js";
import { isTable } from "../artifacts/table.js";
import { openCard } from "../card/live-card.js";
import type { AnyFlow } from "../flow/flow.js";
import type { TaskFailure } from "../flow/types.js";
import { openClient } from "../records/client.js";
import { readRecord } from "../records/read-record.js";
import {
  type AttemptRecord,
  type DoneRecord,
  type FailedRecord,
  keys,
  parametersFromRecord,
  recordText,
} from "../records/records.js";
import { isHopeless } from "../running/retry.js";
import { kindOf, requireItems, withoutItems, withoutList } from "./foreach-items.js";
import { loadInputs, loadRefs } from "./inputs.js";
import { folderOf, type TaskSpec } from "./task-spec.js";

export interface RunTaskOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Writes an error's stack to the task's log only. */
  readonly logStack: (stack: string) => void;
  /** Called after the step's function has returned, before the done-record is written. */
  readonly closeLog: () => Promise<void>;
}

export type TaskOutcome =
  /** `drawn` settles when the card is written; the next tasks need not wait for it. */
  { readonly done: DoneRecord; readonly drawn?: Promise<void> } | { readonly failed: TaskFailure };

/** Runs one attempt. A failure of the step is returned, never thrown. @throws if the datastore cannot be reached */
export async function runTask(
  flow: AnyFlow,
  spec: TaskSpec,
  store: Store,
  options: RunTaskOptions,
): Promise<TaskOutcome> {
  const { step, task, node } = spec.ready;
  const key = (file: string) => keys.attempt(spec.flow, spec.run, step, task, spec.attempt, file);
  const started = new Date().toISOString();
  const attempt: AttemptRecord = { started, host: hostname(), pid: process.pid, born: bornOf(process.pid) };
  await store.put(key("started.json"), recordText(attempt));
  sweepLeftovers(tmpdir());
  const folder = folderOf(spec, ownerMark());
  await mkdir(folder, { mode: 0o700 }).catch(refuseTemporary);
  const card = openCard(store, key("card.html"), { flow: spec.flow, run: spec.run, step, task });
  try {
    const inputs = await loadInputs(store, spec);
    const returned = await flow.functionOf(step)({
      flow: spec.flow,
      run: spec.run,
      step,
      task,
      attempt: spec.number,
      parameters: Object.freeze(parametersFromRecord(spec.parameters)),
      artifacts: inputs.artifacts,
      inputs: inputs.inputs,
      item: inputs.item,
      index: spec.ready.index,
      folder,
      resources: node.resources ?? {},
      signal: options.signal,
      progress: options.progress,
      card,
      client: openClient(store, spec.sources),
    });
    if (options.signal.aborted) return { failed: failureOf(options.signal.reason) };
    const written = await storeAll(store, returned, { step, task, folder });
    const refs = { ...inputs.refs, ...written };
    requireItems(step, spec.ready.toCome, refs, returned);
    await options.closeLog();
    const done = await publish(store, spec, started, refs);
    // A card that cannot be written (the disk is full) must not fail the task.
    return { done, drawn: card.close().catch(() => {}) };
  } catch (thrown) {
    const error = failureOf(options.signal.aborted ? options.signal.reason : thrown);
    if (error.stack !== undefined) options.logStack(error.stack);
    card.error(error);
    // An error in writing the card must not hide why the task failed.
    await card.close().catch(() => {});
    await writeFailure(store, spec, started, error);
    await options.closeLog();
    const isOver = (spec.last || isHopeless(error)) && !options.signal.aborted;
    return isOver ? publishCaught(store, spec, started, error) : { failed: error };
  } finally {
    // Fails if a process that the step started still writes there; that does not change how the task ended.
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

/**
 * Publishes the done-record of a task that failed for good: its error becomes the artifact that `catch` names. The task stays
 * failed without a `catch`, and if a foreach follows that then has no list to iterate over.
 */
export async function publishCaught(
  store: Store,
  spec: TaskSpec,
  started: string,
  error: TaskFailure,
): Promise<{ readonly done: DoneRecord } | { readonly failed: TaskFailure }> {
  const { step, task, node } = spec.ready;
  // Of an error with this code, the task's own process has already tried it.
  if (node.catch === undefined || error.code === withoutList) return { failed: error };
  const { refs } = await loadRefs(store, spec);
  const ref = await storeArtifact(store, node.catch, { ...error }, { step, task, folder: tmpdir() });
  const artifacts = { ...refs, [node.catch]: ref };
  const lacking = withoutItems(spec.ready.toCome, artifacts);
  if (lacking) {
    const why = `foreach "${lacking.foreach}" has no "${lacking.over}" to iterate over`;
    return { failed: { ...error, code: withoutList, message: `${error.message} (not caught: ${why})` } };
  }
  return { done: await publish(store, spec, started, artifacts, error) };
}

/** Writes the done-record. If another attempt, presumed dead, was first, returns what that one published. */
async function publish(
  store: Store,
  spec: TaskSpec,
  started: string,
  artifacts: Readonly<Record<string, ArtifactRef>>,
  caught?: TaskFailure,
): Promise<DoneRecord> {
  const { step, task } = spec.ready;
  const record: DoneRecord = {
    version: 1,
    flow: spec.flow,
    run: spec.run,
    step,
    task,
    attempt: spec.attempt,
    started,
    finished: new Date().toISOString(),
    inputs: spec.ready.inputs,
    artifacts,
    caught,
    host: hostname(),
  };
  const key = keys.done(spec.flow, spec.run, step, task);
  if (await store.putIfAbsent(key, recordText(record))) return record;
  return (await readRecord<DoneRecord>(store, key))!;
}

/**
 * Records a failed attempt. Keeps the record of an "error" that the task's own process has already written. If an "error" cannot be
 * recorded (the disk is full), it is still reported.
 */
export async function writeFailure(
  store: Store,
  spec: Pick<TaskSpec, "flow" | "run" | "ready" | "attempt">,
  started: string,
  error: TaskFailure,
): Promise<void> {
  const { step, task } = spec.ready;
  const record: FailedRecord = { started, finished: new Date().toISOString(), error };
  const key = keys.attempt(spec.flow, spec.run, step, task, spec.attempt, "failed.json");
  if (error.kind === "error") await store.putIfAbsent(key, recordText(record)).catch(() => {});
  else await store.put(key, recordText(record));
}

async function storeAll(
  store: Store,
  returned: unknown,
  origin: { step: string; task: string; folder: string },
): Promise<Record<string, ArtifactRef>> {
  if (returned === undefined || returned === null) return {};
  if (typeof returned !== "object" || !isOfNames(returned)) {
    throw new SegueError(`step "${origin.step}" returned ${kindOf(returned)}`, {
      hint: "return an object whose keys are the artifacts' names: return { result }",
    });
  }
  const entries = Object.entries(returned).filter(([, value]) => value !== undefined);
  const wrong = entries.find(([name]) => !isArtifactName(name));
  if (wrong !== undefined)
    throw new SegueError(`step "${origin.step}" returned an artifact named ${JSON.stringify(wrong[0])}`, {
      hint: artifactNames,
    });
  const stored = await Promise.allSettled(
    entries.map(async ([name, value]) => [name, await storeArtifact(store, name, value, origin)] as const),
  );
  // Only now: until all have settled, one of them may still be writing into the folder.
  return Object.fromEntries(
    stored.map((each) => {
      if (each.status === "rejected") throw each.reason;
      return each.value;
    }),
  );
}

/** Only plain objects: a Map's entries would be lost, and a typed array's elements would become artifacts. */
function isOfNames(returned: object): boolean {
  if (isTable(returned) || isFileArtifact(returned)) return false;
  const prototype = Object.getPrototypeOf(returned);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Converts a thrown value to plain data. */
export function failureOf(thrown: unknown): TaskFailure {
  const known = thrown as Partial<TaskFailure> | undefined;
  const error = explainDiskError(thrown);
  const isFailure =
    !(thrown instanceof Error) && typeof known?.message === "string" && known.kind !== undefined;
  if (isFailure) return known as TaskFailure;
  return {
    kind: "error",
    ...errorData(error),
    ...(error instanceof Error && !isSegueError(error) && error.stack ? { stack: error.stack } : {}),
  };
}
