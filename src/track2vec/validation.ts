/** Judging vectors while they are trained. */
import { type Corpus, partOf, playlistCount, type Query, queriesOf } from "../corpus/index.js";
import { misuse, Random } from "../system/index.js";
import type { TrackVectors } from "./vectors.js";
import { ofTracks, type Wording } from "./wording.js";

export interface Validation {
  /** Held-out playlists: context and the track that did play next; at least one. */
  readonly queries: readonly Query[];
  /** How many nearest tracks count as an answer, a whole number ≥ 1. Default 100. */
  readonly k?: number;
  /** After how many epochs without a better hit ratio training ends, a whole number ≥ 1. Default 3. */
  readonly patience?: number;
}

/**
 * The share of queries whose next track is among the k nearest to the last known track (the base protocol of hit ratio@k, but
 * for its random bets: a query whose track has no vector is a miss here). In [0, 1]; 0 where there are no queries.
 */
export function hitRatio(vectors: TrackVectors, { queries, k = 100 }: Validation): number {
  const asked = answerable(vectors, queries);
  return queries.length > 0 ? hitsOf(vectors, asked, 0, asked.rows.length, k) / queries.length : 0;
}

/** Multiply-adds between two looks at the signal: about 50 ms of one core. */
const SLICE = 5e8;

/** The same, in slices between which timers run. @throws the signal's reason when it is aborted */
export async function hitRatioInSlices(
  vectors: TrackVectors,
  { queries, k = 100 }: Validation,
  signal?: AbortSignal,
): Promise<number> {
  const asked = answerable(vectors, queries);
  const slice = Math.max(16, Math.floor(SLICE / (vectors.length * vectors.size)));
  let hits = 0;
  for (let from = 0; from < asked.rows.length; from += slice) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    hits += hitsOf(vectors, asked, from, Math.min(from + slice, asked.rows.length), k);
  }
  return hits / queries.length;
}

/** @throws SegueError (misuse) when there are no queries or a number is out of range */
export function requireValidation(
  { queries, k = 100, patience = 3 }: Validation,
  { option }: Pick<Wording, "option"> = ofTracks,
): void {
  if (queries.length === 0) throw misuse("the validation has no queries");
  for (const [name, value] of [
    ["k", k],
    ["patience", patience],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw misuse(`${option(`validation.${name}`)} must be a whole number ≥ 1, got ${value}`);
  }
}

/**
 * Holds playlists back from training to be asked about: the context is all of one but its last track, which is the answer.
 *
 * @param share how many, in (0, 1); playlists of one track are never held back
 * @param seed a whole number ≥ 0: which
 * @returns the rest, and the queries in order of playlists
 * @throws SegueError (misuse) when the share is out of range or nothing is left on one of the two sides
 */
export function holdBack(corpus: Corpus, share: number, seed: number): { rest: Corpus; queries: Query[] } {
  if (!(share > 0 && share < 1)) throw misuse(`the share to hold back must be between 0 and 1, got ${share}`);
  const random = new Random(seed);
  const { offsets } = corpus;
  const held = Array.from(
    { length: playlistCount(corpus) },
    (_, p) => random.next() < share && offsets[p + 1]! - offsets[p]! > 1,
  );
  if (new Set(held).size < 2)
    throw misuse(
      `holding back ${share} of ${held.length} playlists leaves nothing to ${held[0] ? "train on" : "ask about"}`,
    );
  return { rest: partOf(corpus, (p) => !held[p]), queries: queriesOf(partOf(corpus, (p) => held[p]!)) };
}

interface Asked {
  readonly rows: number[];
  readonly targets: number[];
}

function answerable(vectors: TrackVectors, queries: readonly Query[]): Asked {
  const rows: number[] = [];
  const targets: number[] = [];
  for (const { context, next } of queries) {
    const last = context.length > 0 ? vectors.indexOf(context.at(-1)!) : -1;
    const target = vectors.indexOf(next);
    if (last < 0 || target < 0) continue;
    rows.push(last);
    targets.push(target);
  }
  return { rows, targets };
}

function hitsOf(
  vectors: TrackVectors,
  { rows, targets }: Asked,
  from: number,
  to: number,
  k: number,
): number {
  const nearest = vectors.nearestOfRows(rows.slice(from, to), k);
  let hits = 0;
  for (let q = from; q < to; q++) {
    const answer = nearest.rows.subarray((q - from) * nearest.k, (q - from + 1) * nearest.k);
    if (answer.includes(targets[q]!)) hits++;
  }
  return hits;
}
