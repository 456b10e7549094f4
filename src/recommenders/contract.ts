/**
 * The contract of every recommender, and all that evaluation and serving know about it. A recommender is immutable once it is
 * fitted on a corpus (or restored from its state), so any number of callers may share it.
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

/** What has played so far, and what else is known about the playlist. */
export interface Context {
  /** Track ids in playing order. May be empty, and may contain unknown ids. */
  readonly tracks: readonly string[];
  /** The playlist's title, for recommenders that read title words. */
  readonly title?: string;
}

/** What should play next: track ids, best first, each with a score (higher is better, never NaN). */
export interface Ranking {
  readonly tracks: readonly string[];
  /** One per track, never increasing. Their range depends on the recommender. */
  readonly scores: Float32Array;
}

/** A context by track number: the index in the catalogue's list of tracks. */
export interface NumberedContext {
  /** Everything played, in playing order: a track's number, or ~i for `unknown[i]`. */
  readonly played: Int32Array;
  /** Ids that are not in the catalogue, in playing order. */
  readonly unknown: readonly string[];
  readonly title?: string | undefined;
}

/** A ranking by track number. */
export interface NumberedRanking {
  /** Track numbers, best first. */
  readonly numbers: Uint32Array;
  /** One per number, as in `Ranking`. */
  readonly scores: Float32Array;
}

/** `recommend` by track number, for callers that ask so often that looking up ids would take long. */
export interface InNumbers<Answers = NumberedRanking[]> {
  /** The list that the numbers index. Compare it by identity: another list may have the same ids in another order. */
  readonly tracks: readonly string[];
  /** The `recommend` that this one stands for. If the recommender now has a different one, as when it is wrapped, ask that one. */
  readonly insteadOf: unknown;
  /** @throws SegueError if k is not an integer ≥ 1 */
  recommend(contexts: readonly NumberedContext[], k: number): Answers;
  /**
   * The best k of the tracks that pass, with the scores that they have among all: as if all tracks were ranked, and the others left out.
   * Much faster than that if few pass.
   */
  among?(context: NumberedContext, k: number, passes: Passes): NumberedRanking;
}

/** Whether a track may be in an answer, by number. */
export type Passes = (track: number) => boolean;

export interface Recommender {
  readonly name: string;
  /** Whether batching contexts saves no time, so that none should wait for others. Default false. */
  readonly oneByOne?: boolean;
  /**
   * Scores the next track for each context.
   *
   * @param contexts what has played
   * @param k the maximum number of tracks per ranking, an integer ≥ 1
   * @returns one ranking per context, in the same order: distinct tracks, best first, scores never NaN, equal scores ordered by id
   * @throws SegueError if k is not an integer ≥ 1, or a context has no list of tracks
   */
  recommend(contexts: readonly Context[], k: number): Ranking[];
  /** The same answers by track number. All of Segue's recommenders have it; others need not. */
  readonly inNumbers?: InNumbers;
}

/**
 * How to ask a recommender by the numbers of `tracks`; undefined if it can only be asked by id: numbers of another list would mean other
 * tracks, and a wrapped recommender has another `recommend`.
 */
export function inNumbersOf<Answers>(
  {
    recommend,
    inNumbers,
  }: { readonly recommend: unknown; readonly inNumbers?: InNumbers<Answers> | undefined },
  tracks: readonly string[],
): InNumbers<Answers> | undefined {
  return inNumbers?.tracks === tracks && inNumbers.insteadOf === recommend ? inNumbers : undefined;
}

/**
 * Checks that an argument is a recommender. In plain JavaScript it may be a promise (a missing await), a kind, or a state.
 *
 * @param of the caller, for the message: "Explainer"
 * @param must the method that the caller needs
 * @throws SegueError (misuse) if it lacks the method
 */
export function requireRecommender(
  recommender: Pick<Recommender, "name"> | undefined,
  of: string,
  must: "recommend" | "save" = "recommend",
): void {
  if (typeof (recommender as Partial<FittedRecommender> | null | undefined)?.[must] === "function") return;
  throw misuse(
    `${of} needs a recommender${must === "save" ? " that was fitted or restored" : ""}`,
    'write await fitRecommender("vstan", corpus), or bundle.recommender()',
  );
}

/**
 * Checks what a recommender returned, since it need not be one of Segue's.
 *
 * @param of the recommender's name
 * @param isOne checks a single ranking
 * @throws SegueError code "wrong-rankings" unless there is one ranking per context
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
    // Not `misuse`: an endpoint would blame the request.
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
 * Everything needed to restore a recommender, as plain data. Tracks are numbers in the catalogue it was fitted on, which a
 * bundle stores once for all its recommenders.
 */
export interface RecommenderState {
  /** The name of the kind that restores it. */
  readonly kind: string;
  /** Increases when the meaning of `settings` or `arrays` changes; any other version than the code's is refused. */
  readonly version: number;
  /** Options and small facts: anything that JSON can hold. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly arrays: Readonly<Record<string, NumericArray>>;
  /** The states of its parts (such as "fallback"). */
  readonly parts?: Readonly<Record<string, RecommenderState>>;
  /** Identifies the catalogue that its numbers refer to. Missing in older states, and in those of other recommenders. */
  readonly catalogue?: CatalogueMark;
}

export interface FittedRecommender extends Recommender {
  save(): RecommenderState;
}

export interface FitOptions {
  /** Seed of everything random; the same seed gives the same recommender at any number of threads. Default 1. */
  readonly seed?: number;
  /** Number of threads, for kinds that can use several. Default: one per processor. */
  readonly threads?: number;
  /** Reports the progress of long fits. */
  readonly progress?: Progress;
  /** Aborts the fit, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A conflict between settings. */
export interface SettingsConflict {
  /** Which settings conflict, with their values, and why. */
  readonly what: string;
  /** What to do about it. */
  readonly hint: string;
}

/** A kind of recommender: how to fit and restore it. */
export interface RecommenderKind<Settings extends object = Record<string, unknown>> {
  readonly name: string;
  /** One sentence for `--help` and the leaderboard. */
  readonly summary: string;
  readonly defaults: Readonly<Settings>;
  /** The allowed values of each setting. `fitRecommender` checks them before it fits; `fit` itself does not. */
  readonly ranges: SettingRanges<Settings>;
  /** Finds a conflict between settings that are each within their range. */
  conflictIn?(settings: Readonly<Settings>): SettingsConflict | undefined;
  /** The version of the states that it saves and restores. Default 1. */
  readonly version?: number;
  fit(corpus: Corpus, settings: Partial<Settings>, options?: FitOptions): Promise<FittedRecommender>;
  restore(state: RecommenderState, catalogue: Catalogue): FittedRecommender;
}
