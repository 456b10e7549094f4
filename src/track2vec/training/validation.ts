/** Evaluates vectors during training. */
import {
  type Corpus,
  partOf,
  playlistCount,
  type Query,
  queriesOf,
  requireCorpus,
  requireQueries,
} from "../../corpus/index.js";
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
} from "../../system/index.js";
import { ExactIndex } from "../nearest/exact-index.js";
import { ofTracks, type Wording } from "../options/wording.js";
import { requireVectors } from "../vectors/require-vectors.js";
import type { TrackVectors } from "../vectors/vectors.js";

/** How many nearest tracks count as an answer by default. */
export const defaultK = 100;

export interface Validation {
  /** Held-out playlists: a context and the track actually played next; at least one. */
  readonly queries: readonly Query[];
  /** How many nearest tracks count as an answer, an integer ≥ 1. Default 100. */
  readonly k?: number;
  /** Training stops after this many epochs without a better hit ratio, but not before the first hit; an integer ≥ 1. Default 3. */
  readonly patience?: number;
}

/**
 * The share of queries whose next track is among the k nearest to the context's last track, in [0, 1]. This is the base protocol
 * of hit ratio@k, except that a query whose last track has no vector counts as a miss, not as a random bet.
 *
 * @throws SegueError (misuse) if an argument is invalid
 */
export function hitRatio(vectors: TrackVectors, validation: Validation): number {
  requireVectors(vectors, "hitRatio");
  requireNumbers(validation, ofTracks);
  if (validation.queries.length === 0) return 0;
  const judge = atOnce(Judge.open(validation, vectors.tracks));
  return atOnce(judge.hitRatio(vectors.vectors, vectors.size));
}

/** Multiply-adds between two checks of the signal: about 50 ms on one core. */
const SLICE = 5e8;

/** A validation that looks up its tracks once, for all epochs. */
export class Judge {
  private constructor(
    readonly validation: Validation,
    /** The row of the context's last track, for each query whose next track has a row too. */
    readonly asked: Int32Array,
    readonly targets: Int32Array,
  ) {}

  /** @param tracks the distinct ids of the rows to be evaluated */
  static *open(validation: Validation, tracks: readonly string[]): Steps<Judge> {
    const { queries } = validation;
    // Queries use only a few of the tracks: index these alone.
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
   * @param vectors one row per track, row-major
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

/** Queries or tracks handled per step. */
const QUERIES = 4096;

/** @throws SegueError (misuse) if there are no queries or a number is out of range */
export function requireValidation(validation: Validation, wording: Pick<Wording, "option">): void {
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
 * Holds playlists out of training as queries: all tracks but the last are the context, the last is the answer.
 *
 * @param share the share to hold out, in (0, 1); playlists of one track are never held out
 * @param seed of the random choice, an integer ≥ 0
 * @returns the rest, and the queries in order of playlists
 * @throws SegueError (misuse) if `corpus` is not a corpus, `share` or `seed` is out of range, or one of the two parts is empty
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
      `hold back ${held[0] ? "less" : "more"} (a tenth: 0.1)${held.length < 20 ? ", and bring more playlists" : ""}`,
    );
  return { rest: partOf(corpus, (p) => !held[p]), queries: queriesOf(partOf(corpus, (p) => held[p]!)) };
}
