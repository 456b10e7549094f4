/**
 * The contract that every recommender keeps, and all that evaluation and serving know of one. A recommender is a value:
 * fitted on a corpus (or restored from its state), it never changes, so any number of callers may share it.
 */
import type { Catalogue, CatalogueMark, Corpus } from "../corpus/index.js";
import {
  asWritten,
  misuse,
  type TypedArray as NumericArray,
  type Progress,
  SegueError,
} from "../system/index.js";
import type { SettingRanges } from "./core/setting-ranges.js";

/** What has played so far, and what else is known of the playlist. */
export interface Context {
  /** Track ids in playing order, the last one played last. May be empty, may hold ids that nobody knows. */
  readonly tracks: readonly string[];
  /** The playlist's title, for recommenders that read title words. */
  readonly title?: string;
}

/** What should play next: track ids, best first, with one score each (higher is better, never NaN). */
export interface Ranking {
  readonly tracks: readonly string[];
  /** One a track, never rising; what range they have is the recommender's own. */
  readonly scores: Float32Array;
}

/** A context in the numbers of a catalogue: track number i is the i-th of its list. */
export interface NumberedContext {
  /** All that has played, in playing order: a track's number, or ~i for `unknown[i]`. */
  readonly played: Int32Array;
  /** Ids that the catalogue does not hold, in playing order. */
  readonly unknown: readonly string[];
  readonly title?: string | undefined;
}

/** A ranking in the numbers of a catalogue. */
export interface NumberedRanking {
  /** Of the tracks, best first. */
  readonly numbers: Uint32Array;
  /** One a number, as in `Ranking`. */
  readonly scores: Float32Array;
}

/** `recommend` in numbers, for who asks so much that looking ids up would take long. */
export interface InNumbers<Answers = NumberedRanking[]> {
  /** What the numbers are places in: this very list, since another one may hold the same ids in another order. */
  readonly tracks: readonly string[];
  /** The `recommend` that gives the same answers in ids: where a caller has put another in its place, that one is to be asked. */
  readonly insteadOf: unknown;
  /** @throws SegueError where k is not an integer ≥ 1 */
  recommend(contexts: readonly NumberedContext[], k: number): Answers;
}

export interface Recommender {
  readonly name: string;
  /** Whether contexts of one call take as long as in calls of their own, so that none of them should wait for others. Default false. */
  readonly oneByOne?: boolean;
  /**
   * Scores the next track for each context.
   *
   * @param contexts what has played; one ranking comes back for each, in the same order
   * @param k how many tracks to return at most, an integer ≥ 1
   * @returns at most k tracks each, best first, distinct, scores never NaN, equal scores ordered by id
   * @throws SegueError when k is not an integer ≥ 1, or a context has no list of tracks
   */
  recommend(contexts: readonly Context[], k: number): Ranking[];
  /** A second door with the same answers. Every kind here has it; recommenders of others need not. */
  readonly inNumbers?: InNumbers;
}

/**
 * In plain JavaScript a promise without its await, a kind, or a state could be given where a recommender is wanted.
 *
 * @param of the caller, for the message: "Explainer"
 * @param must the method that the caller needs
 * @throws SegueError (misuse) where it is not a recommender, or lacks the method
 */
export function requireRecommender(
  recommender: Pick<Recommender, "name"> | undefined,
  of: string,
  must: "recommend" | "save" = "recommend",
): void {
  if (typeof (recommender as Partial<FittedRecommender> | null | undefined)?.[must] === "function") return;
  throw misuse(
    `${of} wants a recommender${must === "save" ? " that was fitted or restored" : ""}`,
    'write await fitRecommender("vstan", corpus), or bundle.recommender()',
  );
}

/**
 * Recommenders of others are asked, too.
 *
 * @param of the recommender's name
 * @param isOne what a ranking must be
 * @throws SegueError code "wrong-rankings" where it did not answer with one ranking a context
 */
export function requireRankings(
  rankings: readonly (Ranking | NumberedRanking)[],
  count: number,
  of: string,
  isOne: (each: Partial<Ranking & NumberedRanking> | undefined) => boolean = isRanking,
): void {
  if (Array.isArray(rankings) && rankings.length === count && rankings.every(isOne)) return;
  throw new SegueError(
    `${of} must give ${count} rankings, one a context, got ${asWritten(rankings)}`,
    // No misuse: of an endpoint it is not the request that is wrong.
    {
      hint: 'a ranking is { tracks: ["Artist-Track", …], scores: Float32Array }, with one score a track',
      code: "wrong-rankings",
      exitCode: 2,
    },
  );
}

const isRanking = (each: Partial<Ranking> | undefined) =>
  Array.isArray(each?.tracks) &&
  each.scores instanceof Float32Array &&
  each.scores.length === each.tracks.length;

export type { NumericArray };

/**
 * All that is needed to restore a recommender, as plain data. Tracks are numbers into the catalogue it was fitted on, which
 * the bundle stores once for all.
 */
export interface RecommenderState {
  /** The name of the kind that restores it. */
  readonly kind: string;
  /** Raised when the meaning of `settings` or `arrays` changes; any other than the code's is refused. */
  readonly version: number;
  /** Options and small facts: anything JSON holds. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly arrays: Readonly<Record<string, NumericArray>>;
  /** The states of the recommenders it is made of (the blend has several). */
  readonly parts?: Readonly<Record<string, RecommenderState>>;
  /** Which catalogue its numbers are of. States of before, and of recommenders of others, do not tell. */
  readonly catalogue?: CatalogueMark;
}

export interface FittedRecommender extends Recommender {
  save(): RecommenderState;
}

export interface FitOptions {
  /** Of everything random; the same seed gives the same recommender at any number of threads. Default 1. */
  readonly seed?: number;
  /** Threads that share the work, where the kind has any to share. Default: one for each processor. */
  readonly threads?: number;
  /** Told how far the fit is, where it takes long. */
  readonly progress?: Progress;
  /** Ends the fit, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Settings that do not go together. */
export interface SettingsConflict {
  /** Which, with their values, and why they do not. */
  readonly what: string;
  /** What to do about it. */
  readonly hint: string;
}

/** One sort of recommender: how to fit it and how to restore it. */
export interface RecommenderKind<Settings extends object = Record<string, unknown>> {
  readonly name: string;
  /** One sentence for `--help` and the leaderboard. */
  readonly summary: string;
  readonly defaults: Readonly<Settings>;
  /** What each setting may be. `fitRecommender` checks it before it fits; `fit` itself takes what it is given. */
  readonly ranges: SettingRanges<Settings>;
  /** What is wrong with settings that are each within their range, where something is. */
  conflictIn?(settings: Readonly<Settings>): SettingsConflict | undefined;
  /** The version of the states that it saves and restores. Default 1. */
  readonly version?: number;
  fit(corpus: Corpus, settings: Partial<Settings>, options?: FitOptions): Promise<FittedRecommender>;
  restore(state: RecommenderState, catalogue: Catalogue): FittedRecommender;
}
