/** Lists runs from their records, without an engine. */
import { requireStore, type Store } from "../../storage/index.js";
import { requireOptions, type SegueError, someText, wholeNumber } from "../../system/index.js";
import { holderOf } from "../running/lock.js";
import { readSoundRecord, sayOnce } from "./read-record.js";
import {
  type EndRecord,
  keys,
  parametersFromRecord,
  type RunRecord,
  type RunStatus,
  runOfKey,
} from "./records.js";
import { RunsIndex } from "./runs-index.js";
import { secondsBetween } from "./seconds-between.js";

export interface RunSummary {
  readonly flow: string;
  readonly run: string;
  /** "interrupted": it is no longer running, but has no end record. */
  readonly status: RunStatus;
  readonly created: string;
  readonly finished?: string;
  /** From beginning to end; for a running run, until now. */
  readonly seconds?: number;
  readonly tags: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly engine: RunRecord["engine"];
  readonly user: string;
  readonly host: string;
  /** The id of the run that it resumed. */
  readonly origin?: string;
  /** By flow, the run whose results it reads, if that was specified. */
  readonly sources?: RunRecord["sources"];
  /** The flows that follow it. */
  readonly next?: RunRecord["next"];
  readonly failed?: EndRecord["failed"];
}

interface Found {
  readonly flow: string;
  readonly run: string;
  /** Size and time of the end record, if there is one. */
  end?: string;
}

export interface ListOptions {
  /** Only runs of this flow; default: of all. */
  readonly flow?: string;
  /** Only runs with this tag; default: all. */
  readonly tag?: string;
  /** The maximum number of runs, a whole number ≥ 0; default: all. */
  readonly limit?: number;
}

export interface ListedRuns {
  /** Newest first. */
  readonly runs: RunSummary[];
  /** The errors of damaged records, with what to do. */
  readonly damaged: SegueError[];
}

/**
 * Lists runs, newest first. Damaged records are reported on standard error.
 *
 * @throws SegueError (misuse) if `store` is not a store, or an option is unknown or out of range
 */
export async function listRuns(store: Store, options: ListOptions = {}): Promise<RunSummary[]> {
  const { runs, damaged } = await readRuns(store, options);
  damaged.forEach(sayOnce);
  return runs;
}

/**
 * Lists runs and their damaged records. A run with a damaged record is left out; with a damaged end record it counts as
 * interrupted.
 *
 * @throws SegueError (misuse) if `store` is not a store, or an option is unknown or out of range
 */
export async function readRuns(store: Store, options: ListOptions = {}): Promise<ListedRuns> {
  requireStore(store, "a list of runs");
  requireOptions(options, { flow: someText, tag: someText, limit: wholeNumber(0) }, "a list of runs");
  const found = new Map<string, Found>();
  const ends = new Map<string, string>();
  for await (const { key, size, modified } of store.list(
    options.flow === undefined ? "runs/" : `runs/${options.flow}/`,
  )) {
    const of = runOfKey(key);
    if (of === undefined) continue;
    const { flow, run } = of;
    const place = `${flow}/${run}`;
    if (of.isEnd) ends.set(place, `${size} ${modified}`);
    else found.set(place, { flow, run });
  }
  for (const [place, end] of ends) {
    const run = found.get(place);
    if (run) run.end = end;
  }
  const all = [...found.values()].sort((a, b) => (a.run < b.run ? 1 : -1));
  const indexes = new Map<string, RunsIndex>();
  for (const flow of new Set(all.map((each) => each.flow)))
    indexes.set(flow, await RunsIndex.open(store, flow));
  const damaged: SegueError[] = [];
  const tell = (error: SegueError) => void damaged.push(error);
  const summaryOf = async ({ flow, run, end }: Found): Promise<RunSummary | undefined> => {
    const known = end === undefined ? undefined : indexes.get(flow)!.find(run, end);
    if (known) return known;
    const record = await readSoundRecord<RunRecord>(store, keys.run(flow, run), tell);
    if (!record) return undefined;
    const summary = await runSummary(store, record, tell);
    if (end !== undefined && summary.finished !== undefined) indexes.get(flow)!.add(end, summary);
    return summary;
  };
  const runs: RunSummary[] = [];
  // In batches: a remote store answers requests in parallel, and a limit saves reading the rest.
  for (let i = 0; i < all.length && runs.length < (options.limit ?? Number.POSITIVE_INFINITY); i += 64) {
    const batch = await Promise.all(all.slice(i, i + 64).map(summaryOf));
    runs.push(
      ...batch
        .filter((run) => run !== undefined)
        .filter((run) => !options.tag || run.tags.includes(options.tag)),
    );
  }
  for (const [flow, index] of indexes)
    await index.save(new Set(all.flatMap((each) => (each.flow === flow ? [each.run] : []))));
  return { runs: runs.slice(0, options.limit), damaged };
}

/** @param tell receives the error of a damaged end record, which counts as missing; default: prints it on standard error */
export async function runSummary(
  store: Store,
  record: RunRecord,
  tell?: (error: SegueError) => void,
): Promise<RunSummary> {
  const end = await readSoundRecord<EndRecord>(store, keys.end(record.flow, record.run), tell);
  const status: RunStatus =
    end?.status ?? ((await holderOf(store, record.flow, record.run)) ? "running" : "interrupted");
  const until = end ? end.finished : status === "running" ? Date.now() : undefined;
  return {
    flow: record.flow,
    run: record.run,
    status,
    created: record.created,
    finished: end?.finished,
    seconds: until === undefined ? undefined : secondsBetween(record.created, until),
    tags: record.tags,
    parameters: JSON.parse(JSON.stringify(parametersFromRecord(record.parameters))),
    engine: record.engine,
    user: record.user,
    host: record.host,
    origin: record.origins[0]?.run,
    sources: record.sources,
    next: record.next,
    failed: end?.failed,
  };
}
