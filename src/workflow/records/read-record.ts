/**
 * Reads records, some of which a failing disk or manual editing may have damaged. A damaged record counts as never written; an
 * error names it and says what to do.
 */
import type { Store } from "../../storage/index.js";
import {
  isSegueError,
  oneOf,
  SegueError,
  someText,
  thingWith,
  type ValueRange,
  wholeNumber,
} from "../../system/index.js";

/**
 * Reads a JSON record; undefined if there is none.
 *
 * @throws SegueError (code "record-damaged") if it is not JSON, or lacks the fields of the kind of record that its key implies;
 *   names the file and what to do
 */
export async function readRecord<T>(store: Store, key: string): Promise<T | undefined> {
  const bytes = await store.get(key);
  if (bytes === undefined) return undefined;
  const { fields, remedy } = kinds.find(({ keys }) => keys.test(key)) ?? other;
  const problem = problemOf(bytes, fields);
  if (typeof problem === "object") return problem.record as T;
  throw new SegueError(`${key} in ${store.url} is damaged: ${problem}`, {
    hint: remedy(key.replace(/^[^/]+\//, "").replace(/(\.end)?\.json$/, "")),
    code: damaged,
  });
}

/** Like `readRecord`, but treats a damaged record as missing and passes its error to `tell` (default: `sayOnce`). */
export async function readSoundRecord<T>(
  store: Store,
  key: string,
  tell: (error: SegueError) => void = sayOnce,
): Promise<T | undefined> {
  return readRecord<T>(store, key).catch((error: unknown) => {
    if (!isDamagedRecord(error)) throw error;
    tell(error);
    return undefined;
  });
}

const damaged = "record-damaged";

const isDamagedRecord = (error: unknown): error is SegueError =>
  isSegueError(error) && error.code === damaged;

const said = new Set<string>();

/** Prints the error of a damaged record on standard error, once per process. */
export function sayOnce({ message, hint = "" }: SegueError): void {
  if (said.has(message)) return;
  said.add(message);
  console.error([message, ...hint.split("\n").map((line) => `  → ${line}`)].join("\n"));
}

function problemOf(bytes: Uint8Array, fields: Fields): string | { readonly record: unknown } {
  let record: unknown;
  try {
    record = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return bytes.length === 0 ? "it is empty" : "it is not JSON";
  }
  if (record === null || typeof record !== "object" || Array.isArray(record))
    return "it is not a JSON object";
  for (const [name, range] of Object.entries(fields)) {
    const value = (record as Record<string, unknown>)[name];
    if (value === undefined) return `it has no "${name}"`;
    if (!range.holds(value)) return `its "${name}" is not ${range.wanted}`;
  }
  return { record };
}

type Fields = Readonly<Record<string, ValueRange>>;

const aTime: ValueRange = {
  wanted: "a time",
  holds: (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
};
const anObject = thingWith("an object");
const aList: ValueRange = { wanted: "a list", holds: Array.isArray };

/** By kind of record: the fields it must have, and what to do if it is damaged (given the rest of its key). */
const kinds: ReadonlyArray<{
  readonly keys: RegExp;
  readonly fields: Fields;
  readonly remedy: (place: string) => string;
}> = [
  {
    keys: /^runs\/.+\.end\.json$/,
    fields: { status: oneOf("done", "failed", "stopped"), finished: aTime },
    remedy: (run) =>
      `remove it, or continue the run, which counts as interrupted (what is done is kept): segue resume ${run}`,
  },
  {
    keys: /^runs\/.+\.json$/,
    fields: {
      flow: someText,
      run: someText,
      created: aTime,
      parameters: anObject,
      tags: aList,
      nodes: aList,
      origins: aList,
    },
    remedy: (run) => `remove it: the run ${run} is not listed without it, and cannot be resumed`,
  },
  {
    keys: /^tasks\/.+\/done\.json$/,
    fields: { attempt: someText, started: aTime, finished: aTime, artifacts: anObject },
    remedy(place) {
      const [flow, run, step] = place.split("/");
      return `remove it, and rerun its step: segue resume ${flow}/${run} --step ${step}`;
    },
  },
  { keys: /\/started\.json$/, fields: { started: aTime, pid: wholeNumber(), host: someText }, remedy },
  { keys: /\/failed\.json$/, fields: { started: aTime, finished: aTime, error: anObject }, remedy },
  { keys: /^locks\//, fields: { pid: wholeNumber(), host: someText, since: aTime }, remedy },
  { keys: /^cache\//, fields: { flow: someText, run: someText, step: someText, task: someText }, remedy },
  { keys: /^objects\//, fields: { files: aList }, remedy },
];

function remedy(): string {
  return "remove it";
}
const other = { fields: {}, remedy };
