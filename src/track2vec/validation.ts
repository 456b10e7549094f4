/** How many nearest tracks count as an answer where nobody says. */
export const defaultK = 100;

/** Judging vectors while they are trained. */
import {
  type Corpus,
  partOf,
  playlistCount,
  type Query,
  queriesOf,
  requireCorpus,
  requireQueries,
} from "../corpus/index.js";
import {
  atOnce,
  blocks,
  misuse,
  numberWithin,
  Random,
  requireKnown,
  requireWithin,
  type Steps,
  seeds,
  wholeNumber,
} from "../system/index.js";
import { ExactIndex } from "./exact-index.js";
import { requireVectors } from "./require-vectors.js";
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
 *
 * @throws SegueError (misuse) where an argument is wrong
 */
export function hitRatio(vectors: TrackVectors, validation: Validation): number {
  requireVectors(vectors, "hitRatio");
  requireNumbers(validation, ofTracks);
  if (validation.queries.length === 0) return 0;
  const judge = atOnce(Judge.open(validation, vectors.tracks));
  return atOnce(judge.hitRatio(vectors.vectors, vectors.size));
}

/** Multiply-adds between two looks at the signal: about 50 ms of one core. */
const SLICE = 5e8;

/** A validation whose tracks are found once, while vectors are judged after every epoch. */
export class Judge {
  private constructor(
    readonly validation: Validation,
    /** Of each query whose last known track and next track have rows: these. */
    readonly asked: Int32Array,
    readonly targets: Int32Array,
  ) {}

  /** @param tracks the ids of the rows that will be judged, distinct */
  static *open(validation: Validation, tracks: readonly string[]): Steps<Judge> {
    const { queries } = validation;
    // Of many tracks few are asked about: only these are looked up.
    const rowOf = new Map<string, number>();
    for (const [from, to] of blocks(0, queries.length, QUERIES)) {
      for (const { context, next } of queries.slice(from, to)) {
        rowOf.set(next, -1);
        if (context.length > 0) rowOf.set(context.at(-1)!, -1);
      }
      yield;
    }
    for (const [from, to] of blocks(0, tracks.length, QUERIES)) {
      for (let row = from; row < to; row++) if (rowOf.has(tracks[row]!)) rowOf.set(tracks[row]!, row);
      yield;
    }
    const asked: number[] = [];
    const targets: number[] = [];
    for (const [from, to] of blocks(0, queries.length, QUERIES)) {
      for (const { context, next } of queries.slice(from, to)) {
        const last = context.length > 0 ? rowOf.get(context.at(-1)!)! : -1;
        const target = rowOf.get(next)!;
        if (last < 0 || target < 0) continue;
        asked.push(last);
        targets.push(target);
      }
      yield;
    }
    return new Judge(validation, Int32Array.from(asked), Int32Array.from(targets));
  }

  /**
   * @param vectors one row a track, row-major
   * @returns as `hitRatio`
   */
  *hitRatio(vectors: Float32Array, size: number, nameOf?: (row: number) => string): Steps<number> {
    const { queries, k = defaultK } = this.validation;
    const index = yield* ExactIndex.open(vectors, size, nameOf);
    const nearest = Math.min(k, index.length - 1);
    const slice = Math.max(8, Math.floor(SLICE / vectors.length));
    let hits = 0;
    for (const [from, to] of blocks(0, this.asked.length, slice)) {
      hits += this.#hits(index, vectors, from, to, nearest);
      yield;
    }
    return hits / queries.length;
  }

  #hits(index: ExactIndex, vectors: Float32Array, from: number, to: number, k: number): number {
    const { size } = index;
    const rows = this.asked.subarray(from, to);
    const queries = new Float32Array(rows.length * size);
    for (const [q, row] of rows.entries())
      queries.set(vectors.subarray(row * size, (row + 1) * size), q * size);
    const nearest = index.search(queries, k, rows);
    let hits = 0;
    for (let q = 0; q < rows.length; q++) {
      if (nearest.rows.subarray(q * k, (q + 1) * k).includes(this.targets[from + q]!)) hits++;
    }
    return hits;
  }
}

/** Queries, or tracks that are looked up among those of queries, between two looks at the clock. */
const QUERIES = 4096;

/** @throws SegueError (misuse) when there are no queries or a number is out of range */
export function requireValidation(validation: Validation, wording: Pick<Wording, "option"> = ofTracks): void {
  requireNumbers(validation, wording);
  if (validation.queries.length === 0) throw misuse("the validation has no queries");
}

function requireNumbers(validation: Validation, { option }: Pick<Wording, "option">): void {
  requireKnown(validation, ["queries", "k", "patience"], "the validation");
  const { queries, k = defaultK, patience = 3 } = validation;
  requireQueries(queries, "the validation");
  for (const [name, value] of Object.entries({ k, patience }))
    requireWithin(wholeNumber(1), option(`validation.${name}`), value);
}

/**
 * Holds playlists back from training to be asked about: the context is all of one but its last track, which is the answer.
 *
 * @param share how many, in (0, 1); playlists of one track are never held back
 * @param seed a whole number ≥ 0: which
 * @returns the rest, and the queries in order of playlists
 * @throws SegueError (misuse) when it is no corpus, the share or the seed is out of range, or nothing is left on one of the two sides
 */
export function holdBack(corpus: Corpus, share: number, seed: number): { rest: Corpus; queries: Query[] } {
  requireCorpus(corpus, "holdBack");
  requireWithin(numberWithin({ above: 0, below: 1 }), "the share to hold back", share);
  requireWithin(seeds, "seed", seed);
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
