/** Listing runs from their records, with no engine needed. */
import type { Store } from "../storage/index.js";
import { holderOf } from "./lock.js";
import { type EndRecord, keys, type RunRecord, type RunStatus, readRecord } from "./records.js";

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
  readonly failed?: EndRecord["failed"];
}

/** Runs, newest first. */
export async function listRuns(
  store: Store,
  options: { flow?: string; tag?: string; limit?: number } = {},
): Promise<RunSummary[]> {
  const found: string[] = [];
  for await (const { key } of store.list(options.flow === undefined ? "runs/" : `runs/${options.flow}/`)) {
    if (key.endsWith(".json") && !key.endsWith(".end.json")) found.push(key);
  }
  const idOf = (key: string) => key.slice(key.lastIndexOf("/") + 1);
  found.sort((a, b) => (idOf(a) < idOf(b) ? 1 : -1));
  const runs: RunSummary[] = [];
  // In batches: a remote store answers many at once, and a limit need not read them all.
  for (let i = 0; i < found.length && runs.length < (options.limit ?? Number.POSITIVE_INFINITY); i += 64) {
    const batch = await Promise.all(
      found.slice(i, i + 64).map(async (key) => {
        const record = await readRecord<RunRecord>(store, key);
        const isWanted = record && (options.tag === undefined || record.tags.includes(options.tag));
        return isWanted ? runSummary(store, record) : undefined;
      }),
    );
    runs.push(...batch.filter((run) => run !== undefined));
  }
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
    parameters: record.parameters,
    engine: record.engine,
    user: record.user,
    host: record.host,
    ...(record.origins[0] ? { origin: record.origins[0].run } : {}),
    ...(end?.failed ? { failed: end.failed } : {}),
  };
}
