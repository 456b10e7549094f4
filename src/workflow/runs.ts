/** Listing runs from their records, with no engine needed. */
import { requireStore, type Store } from "../storage/index.js";
import { requireOptions, someText, wholeNumber } from "../system/index.js";
import { holderOf } from "./lock.js";
import {
  type EndRecord,
  keys,
  parametersFromRecord,
  type RunRecord,
  type RunStatus,
  readRecord,
} from "./records.js";
import { RunsIndex } from "./runs-index.js";

export interface RunSummary {
  readonly flow: string;
  readonly run: string;
  /** "interrupted": nobody runs it any more, and it did not come to an end. */
  readonly status: RunStatus;
  readonly created: string;
  readonly finished?: string;
  /** From beginning to end; of a run that still runs, until now. */
  readonly seconds?: number;
  readonly tags: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly engine: RunRecord["engine"];
  readonly user: string;
  readonly host: string;
  /** The run that it resumed. */
  readonly origin?: string;
  /** By flow, the run whose results it reads, where it was told. */
  readonly sources?: RunRecord["sources"];
  /** What was to come after it. */
  readonly next?: RunRecord["next"];
  readonly failed?: EndRecord["failed"];
}

interface Found {
  readonly flow: string;
  readonly run: string;
  /** Size and time of the end record, where there is one. */
  end?: string;
}

/**
 * Runs, newest first.
 *
 * @param options.limit the most that are returned, a whole number ≥ 0; default: all
 * @throws SegueError (misuse) where it is no store, or for an option that there is not
 */
export async function listRuns(
  store: Store,
  options: { flow?: string; tag?: string; limit?: number } = {},
): Promise<RunSummary[]> {
  requireStore(store, "a list of runs");
  requireOptions(options, { flow: someText, tag: someText, limit: wholeNumber(0) }, "a list of runs");
  const found = new Map<string, Found>();
  const ends = new Map<string, string>();
  for await (const { key, size, modified } of store.list(
    options.flow === undefined ? "runs/" : `runs/${options.flow}/`,
  )) {
    const [, place, isEnd] = /^runs\/(.+?)(\.end)?\.json$/.exec(key) ?? [];
    if (place === undefined) continue;
    const [flow, run] = place.split("/") as [string, string];
    if (isEnd) ends.set(place, `${size} ${modified}`);
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
  const summaryOf = async ({ flow, run, end }: Found): Promise<RunSummary | undefined> => {
    const known = end === undefined ? undefined : indexes.get(flow)!.find(run, end);
    if (known) return known;
    const record = await readRecord<RunRecord>(store, keys.run(flow, run));
    if (!record) return undefined;
    const summary = await runSummary(store, record);
    if (end !== undefined) indexes.get(flow)!.add(end, summary);
    return summary;
  };
  const runs: RunSummary[] = [];
  // In batches: a remote store answers many at once, and a limit need not read them all.
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
  return runs.slice(0, options.limit);
}

export async function runSummary(store: Store, record: RunRecord): Promise<RunSummary> {
  const end = await readRecord<EndRecord>(store, keys.end(record.flow, record.run));
  const status: RunStatus =
    end?.status ?? ((await holderOf(store, record.flow, record.run)) ? "running" : "interrupted");
  const until = end ? Date.parse(end.finished) : status === "running" ? Date.now() : undefined;
  return {
    flow: record.flow,
    run: record.run,
    status,
    created: record.created,
    ...(end ? { finished: end.finished } : {}),
    ...(until === undefined ? {} : { seconds: (until - Date.parse(record.created)) / 1000 }),
    tags: record.tags,
    parameters: JSON.parse(JSON.stringify(parametersFromRecord(record.parameters))),
    engine: record.engine,
    user: record.user,
    host: record.host,
    ...(record.origins[0] ? { origin: record.origins[0].run } : {}),
    ...(record.sources ? { sources: record.sources } : {}),
    ...(record.next ? { next: record.next } : {}),
    ...(end?.failed ? { failed: end.failed } : {}),
  };
}
