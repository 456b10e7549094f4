/**
 * Behavioural tests after RecList (Tagliabue et al. 2022, arXiv 2111.09963): a miss near the target is less wrong than one
 * far from it; a change that a listener would not hear should not change the answer; a longer answer begins with the
 * shorter one.
 */
import type { Catalogue, Query } from "../../corpus/index.js";
import { findTwins, requireCatalogue, requireQueries } from "../../corpus/index.js";
import {
  type Context,
  type Recommender,
  requireRankings,
  requireRecommender,
} from "../../recommenders/contract.js";
import {
  aFunction,
  misuse,
  Random,
  requireOptions,
  requireWithin,
  seeds,
  thingWith,
  type ValueRange,
  wholeNumber,
} from "../../system/index.js";

export interface LessWrong {
  /** Queries whose target is not among the first k and has a `similarity`. */
  readonly misses: number;
  /** Mean similarity of the target and the first answer over the misses; undefined without misses. */
  readonly similarity: number | undefined;
  /** Mean similarity of the target and a random track of the catalogue, as a baseline. */
  readonly random: number | undefined;
}

export interface BehaviourOptions {
  /** The tracks to draw from: the corpus that the recommender was fitted on. */
  catalogue: Catalogue;
  /** Tracks per answer, an integer ≥ 1. Default 20. */
  k?: number;
  /** The maximum number of queries asked, an integer ≥ 1. Default 2,000. */
  sample?: number;
  /** Seed of the random draws, an integer ≥ 0. Default 1. */
  seed?: number;
}

const sampleRanges: Readonly<Record<keyof BehaviourOptions, ValueRange>> = {
  catalogue: thingWith("a catalogue, such as the corpus that was fitted on", "tracks"),
  k: wholeNumber(1),
  sample: wholeNumber(1),
  seed: seeds,
};

/** @throws SegueError (misuse) if an argument has the wrong type, or an option is unknown or out of range */
function requireSample<Options extends BehaviourOptions>(
  of: string,
  recommender: Recommender,
  queries: readonly Query[],
  options: Options,
  ranges: Readonly<Record<keyof Options, ValueRange>>,
): void {
  requireRecommender(recommender, of);
  requireQueries(queries, of);
  requireOptions(options, ranges, of);
  requireCatalogue(options.catalogue, of);
}

/**
 * Measures how near misses are to their targets, by any similarity. Asks at most `sample` queries.
 *
 * @throws SegueError (misuse) if an argument or an option is wrong
 */
export function lessWrong(
  recommender: Recommender,
  queries: readonly Query[],
  options: BehaviourOptions & {
    /** In [-1, 1], higher is more alike (the cosine of two vectors, or 1 for the same artist); undefined if unknown. */
    similarity: (a: string, b: string) => number | undefined;
  },
): LessWrong {
  requireSample("lessWrong", recommender, queries, options, { ...sampleRanges, similarity: aFunction });
  requireWithin(aFunction, "similarity", options.similarity);
  const { catalogue, similarity, k = 20, sample = 2000, seed = 1 } = options;
  const random = new Random(seed);
  const asked = random.shuffle([...queries]).slice(0, sample);
  const rankings = answersOf(recommender, asked.map(contextOf), k);
  let misses = 0;
  let near = 0;
  let chance = 0;
  for (let i = 0; i < asked.length; i++) {
    const { tracks } = rankings[i]!;
    const { next } = asked[i]!;
    if (tracks.length === 0 || tracks.includes(next)) continue;
    const first = similarity(tracks[0]!, next);
    const other = similarity(catalogue.tracks[random.below(catalogue.tracks.length)]!, next);
    if (first === undefined || other === undefined) continue;
    misses++;
    near += first;
    chance += other;
  }
  return misses === 0
    ? { misses, similarity: undefined, random: undefined }
    : { misses, similarity: near / misses, random: chance / misses };
}

export interface TwinSwap {
  /** Queries whose last track has a twin in the catalogue. */
  readonly queries: number;
  /** Mean share of the first k that stays when the last track is swapped for its twin, in [0, 1]. */
  readonly overlap: number | undefined;
  /** The same when it is swapped for a random track, as a baseline. */
  readonly randomOverlap: number | undefined;
}

/**
 * Swaps the last track for its twin ("- Radio Edit", "Remastered 2009"): the answer should hardly change.
 *
 * @throws SegueError (misuse) if an argument or an option is wrong
 */
export function twinSwap(
  recommender: Recommender,
  queries: readonly Query[],
  options: BehaviourOptions,
): TwinSwap {
  requireSample("twinSwap", recommender, queries, options, sampleRanges);
  const { catalogue, k = 20, sample = 2000, seed = 1 } = options;
  const random = new Random(seed);
  const twins = findTwins(catalogue);
  const numbers = new Map(catalogue.tracks.map((track, i) => [track, i]));
  const twinOfLast = ({ context }: Query) => twins[numbers.get(context.at(-1) ?? "") ?? -1] ?? -1;
  const asked = random.shuffle(queries.filter((query) => twinOfLast(query) >= 0)).slice(0, sample);
  if (asked.length === 0) return { queries: 0, overlap: undefined, randomOverlap: undefined };
  const swapped = (track: (query: Query) => number) =>
    answersOf(
      recommender,
      asked.map((query) => {
        const { tracks, ...rest } = contextOf(query);
        return { ...rest, tracks: [...tracks.slice(0, -1), catalogue.tracks[track(query)]!] };
      }),
      k,
    );
  const answers = answersOf(recommender, asked.map(contextOf), k);
  const afterTwin = swapped(twinOfLast);
  const afterRandom = swapped(() => random.below(catalogue.tracks.length));
  const mean = (others: typeof answers) =>
    answers.reduce((sum, { tracks }, i) => sum + overlap(tracks, others[i]!.tracks), 0) / asked.length;
  return { queries: asked.length, overlap: mean(afterTwin), randomOverlap: mean(afterRandom) };
}

/**
 * Returns the queries whose answer of length `long` does not begin with the answer of length `short`; there should be none.
 *
 * @param options.short an integer ≥ 1, at most `long`; default 10
 * @param options.long an integer ≥ 1; default 50
 * @throws SegueError (misuse) if an argument or an option is wrong
 */
export function unstablePrefixes(
  recommender: Recommender,
  queries: readonly Query[],
  options: { short?: number; long?: number } = {},
): Query[] {
  requireRecommender(recommender, "unstablePrefixes");
  requireQueries(queries, "unstablePrefixes");
  requireOptions(options, { short: wholeNumber(1), long: wholeNumber(1) }, "unstablePrefixes");
  const { short = 10, long = 50 } = options;
  if (short > long) throw misuse(`short must be at most long, got ${short} and ${long}`);
  const contexts = queries.map(contextOf);
  const few = answersOf(recommender, contexts, short);
  const many = answersOf(recommender, contexts, long);
  return queries.filter((_, i) => few[i]!.tracks.some((track, at) => many[i]!.tracks[at] !== track));
}

/** @throws SegueError code "wrong-rankings" unless there is one ranking per context (a parallel recommender's promise is refused) */
function answersOf(recommender: Recommender, contexts: readonly Context[], k: number) {
  const rankings = recommender.recommend(contexts, k);
  requireRankings(rankings, contexts.length, recommender.name);
  return rankings;
}

function contextOf({ context, title }: Query) {
  return title === undefined ? { tracks: context } : { tracks: context, title };
}

/** The share of the longer list that is in both; 1 for two empty lists. */
function overlap(a: readonly string[], b: readonly string[]): number {
  const longest = Math.max(a.length, b.length);
  if (longest === 0) return 1;
  const held = new Set(a);
  return b.filter((track) => held.has(track)).length / longest;
}
