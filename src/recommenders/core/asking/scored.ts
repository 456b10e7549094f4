/**
 * Turns a scorer into a recommender: takes the best k, ties broken by id, and fills up the ranking if the scorer finds too few
 * tracks.
 */
import type { Catalogue } from "../../../corpus/index.js";
import type { NumberedRanking, Passes, RecommenderState } from "../../contract.js";
import { ScoreBoard } from "../scores/score-board.js";
import { TopK } from "../scores/top-k.js";
import type { Query } from "./query.js";
import { TwoDoors } from "./two-doors.js";

export interface Scorer {
  /**
   * Adds finite scores to a cleared board, only for tracks it knows something about. Only the best k need to be right.
   */
  score(query: Query, board: ScoreBoard, k: number): void;
  /** Called with all queries of a call before they are scored, for work that is faster in batches. */
  prepare?(queries: readonly Query[], k: number): void;
}

/** Supplies tracks if a scorer finds too few. */
export interface Filler {
  /** Adds scores in (0, 1] to a cleared board, for at least `wanted` tracks that `skip` does not refuse, if there are that many. */
  fill(query: Query, board: ScoreBoard, wanted: number, skip: (track: number) => boolean): void;
}

export interface ScoredParts {
  readonly name: string;
  readonly catalogue: Catalogue;
  readonly scorer: Scorer;
  /** Score factor for tracks in the context; 0 leaves them out. */
  readonly repeats: number;
  readonly filler?: Filler | undefined;
  readonly state: () => RecommenderState;
}

export class ScoredRecommender extends TwoDoors {
  readonly oneByOne: boolean;
  readonly #parts: ScoredParts;
  readonly #repeats: number;
  readonly #board: ScoreBoard;
  readonly #fillBoard: ScoreBoard;
  readonly #top: TopK;
  readonly #inContext: Uint8Array;

  constructor(parts: ScoredParts) {
    super(parts.name, parts.catalogue);
    const { tracks } = parts.catalogue;
    this.oneByOne = parts.scorer.prepare === undefined;
    this.#parts = parts;
    this.#repeats = parts.repeats;
    this.#board = new ScoreBoard(tracks.length);
    this.#fillBoard = parts.filler === undefined ? this.#board : new ScoreBoard(tracks.length);
    this.#inContext = new Uint8Array(tracks.length);
    this.#top = new TopK((a, b) => tracks[a]! < tracks[b]!);
  }

  protected rank(queries: readonly Query[], k: number, passes?: Passes): NumberedRanking[] {
    const size = Math.min(k, this.#parts.catalogue.tracks.length);
    if (queries.length > 1) this.#parts.scorer.prepare?.(queries, size);
    return queries.map((query) => this.#rank(query, size, passes));
  }

  protected state(): RecommenderState {
    return this.#parts.state();
  }

  #rank(query: Query, k: number, passes?: Passes): NumberedRanking {
    const board = this.#board;
    const inContext = this.#inContext;
    board.clear();
    // The best that pass may be far from the best of all.
    this.#parts.scorer.score(query, board, passes === undefined ? k : inContext.length);
    for (const track of query.tracks) inContext[track] = 1;
    this.#top.start(k);
    let lowest = 0;
    for (let i = 0; i < board.count; i++) {
      const track = board.touched[i]!;
      const weight = inContext[track] === 1 ? this.#repeats : 1;
      if (weight === 0) continue;
      const score = board.scores[track]! * weight;
      if (score < lowest) lowest = score;
      if (passes === undefined || passes(track)) this.#top.push(track, score);
    }
    const best = this.#top.take();
    const missing = k - best.numbers.length;
    const filled = missing > 0 ? this.#fill(query, missing, Math.fround(lowest) - 2, passes) : undefined;
    for (const track of query.tracks) inContext[track] = 0;
    return filled === undefined ? best : joined(best, filled);
  }

  /** @param below 2 below the lowest score, or below 0 if that is lower: tracks are filled up 1 to 2 below it */
  #fill(query: Query, missing: number, below: number, passes?: Passes): NumberedRanking | undefined {
    const { filler } = this.#parts;
    if (filler === undefined) return undefined;
    const board = this.#board;
    const fills = this.#fillBoard;
    const skip = (track: number) =>
      board.has(track) ||
      (this.#inContext[track] === 1 && this.#repeats === 0) ||
      (passes !== undefined && !passes(track));
    fills.clear();
    filler.fill(query, fills, missing, skip);
    this.#top.start(missing);
    for (let i = 0; i < fills.count; i++) {
      const track = fills.touched[i]!;
      if (!skip(track)) this.#top.push(track, below + fills.scores[track]!);
    }
    return this.#top.take();
  }
}

function joined(first: NumberedRanking, then: NumberedRanking): NumberedRanking {
  const numbers = new Uint32Array(first.numbers.length + then.numbers.length);
  const scores = new Float32Array(numbers.length);
  numbers.set(first.numbers);
  numbers.set(then.numbers, first.numbers.length);
  scores.set(first.scores);
  scores.set(then.scores, first.scores.length);
  return { numbers, scores };
}
