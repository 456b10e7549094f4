/**
 * Turns a scorer into a recommender: takes the best k, ties broken by id, and fills up the ranking if the scorer finds too few
 * tracks.
 */
import type { Catalogue } from "../../corpus/index.js";
import type { NumberedRanking, RecommenderState } from "../contract.js";
import type { Query } from "./query.js";
import { ScoreBoard } from "./score-board.js";
import { TopK } from "./top-k.js";
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
  /** Score factor for tracks in the context; 0 leaves them out. Default 1. */
  readonly repeats?: number;
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
    this.#repeats = parts.repeats ?? 1;
    this.#board = new ScoreBoard(tracks.length);
    this.#fillBoard = parts.filler === undefined ? this.#board : new ScoreBoard(tracks.length);
    this.#inContext = new Uint8Array(tracks.length);
    this.#top = new TopK((a, b) => tracks[a]! < tracks[b]!);
  }

  protected rank(queries: readonly Query[], k: number): NumberedRanking[] {
    const size = Math.min(k, this.#parts.catalogue.tracks.length);
    if (queries.length > 1) this.#parts.scorer.prepare?.(queries, size);
    return queries.map((query) => this.#rank(query, size));
  }

  protected state(): RecommenderState {
    return this.#parts.state();
  }

  #rank(query: Query, k: number): NumberedRanking {
    const board = this.#board;
    const inContext = this.#inContext;
    board.clear();
    this.#parts.scorer.score(query, board, k);
    for (const track of query.tracks) inContext[track] = 1;
    this.#top.start(k);
    for (let i = 0; i < board.count; i++) {
      const track = board.touched[i]!;
      const weight = inContext[track] === 1 ? this.#repeats : 1;
      if (weight !== 0) this.#top.push(track, board.scores[track]! * weight);
    }
    const best = this.#top.take();
    const filled = this.#fill(query, k, best.scores);
    for (const track of query.tracks) inContext[track] = 0;
    return filled === undefined ? best : joined(best, filled);
  }

  /** Fills up below the lowest score (or 0, if lower): by 1 to 2. */
  #fill(query: Query, k: number, scores: Float32Array) {
    const { filler } = this.#parts;
    const missing = k - scores.length;
    if (missing <= 0 || filler === undefined) return undefined;
    const board = this.#board;
    const fills = this.#fillBoard;
    const skip = (track: number) =>
      this.#inContext[track] === 1 ? this.#repeats === 0 || board.has(track) : board.has(track);
    fills.clear();
    filler.fill(query, fills, missing, skip);
    const below = Math.min(0, scores.length === 0 ? 0 : scores[scores.length - 1]!) - 2;
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
