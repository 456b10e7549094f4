/** Tests the chosen model against its baselines: popularity, nearest tracks and a random bet. */
import { openBundle } from "../../bundle/index.js";
import type { Catalogue, Query } from "../../corpus/index.js";
import {
  bootstrapMeans,
  type Difference,
  type Evaluation,
  evaluateBaseProtocol,
  evaluateRecommender,
  pairedDifference,
} from "../../evaluation/index.js";
import { fitRecommender, nearestOf, parallelRecommender } from "../../recommenders/index.js";
import { type Progress, settleBoth, usableCores } from "../../system/index.js";
import { corpusOf, evenly, factsOf, queriesIn } from "../grid/read-once.js";

export interface TestModelOptions {
  /** The folder of the best model. */
  readonly model: string;
  /** The folder of the best model with track vectors, for the base protocol. */
  readonly nearest?: string;
  /** The train part, a corpus file. */
  readonly train: string;
  /** The test part, likewise. */
  readonly questions: string;
  /** How many test playlists to ask about with their whole context, at most; 0: all. The base protocol always asks all. */
  readonly most?: number;
  readonly k: number;
  readonly seed: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface TestFigures {
  readonly k: number;
  readonly queries: number;
  /** Distinct tracks of the train part. */
  readonly catalogue: number;
  /** The share of queries whose next track is in the catalogue: an upper bound of the hit ratio. */
  readonly knownTargets: number;
  /** The share of queries whose context has a track of the catalogue. */
  readonly knownContexts: number;
  /** How many queries have a playlist with the same tracks in the train part. */
  readonly copies: number;
  /** The best model's hit ratio, given the whole context. */
  readonly hitRatio: number;
  /** Its 95 % bootstrap interval. */
  readonly interval: readonly [number, number];
  /** The hit ratio of the best track vectors by the base protocol; absent if the grid has none. */
  readonly base?: number;
  readonly popularity: number;
  /** The expected hit ratio of k random tracks of the catalogue. */
  readonly randomBet: number;
  /** The best model's hit ratio minus popularity's, over the same queries. */
  readonly gain: Difference;
  readonly rows: ReadonlyArray<Record<string, string | number>>;
  readonly slices: ReadonlyArray<Record<string, string | number>>;
}

/** Ranks the test queries with the best model and its baselines. */
export async function testModel(options: TestModelOptions): Promise<TestFigures> {
  const { k, seed, progress, signal } = options;
  const corpus = await corpusOf(options.train);
  const all = await queriesIn(options.questions);
  const queries = evenly(all, options.most ?? 0);
  const facts = factsOf(corpus);
  const asked = { ks: [k], facts, progress, signal };
  const testBest = async () => {
    const answering = await answeringModel(options.model, corpus, queries.length);
    return evaluateRecommender(answering, queries, asked).finally(answering.close);
  };
  const testOthers = async () => {
    const popular = await evaluateRecommender(await fitRecommender("popularity", corpus), queries, asked);
    const base =
      options.nearest === undefined ? undefined : await baseProtocol(options.nearest, corpus, all, asked);
    return { popular, base };
  };
  const [best, { popular, base }] = await settleBoth(testBest(), testOthers());
  const hits = best.outcomes.values("hitRatio", k);
  const [interval] = bootstrapMeans([hits], { seed });
  const gain = pairedDifference(hits, popular.outcomes.values("hitRatio", k), { seed });
  const { catalogue, knownTargets, knownContexts, copies } = best;
  // k distinct random tracks hit a target that is in the catalogue with probability k / catalogue.
  const randomBet = knownTargets * Math.min(1, k / Math.max(catalogue, 1));
  const row = (model: string, evaluation: Evaluation) => {
    const { hitRatio, mrr, ndcg, coverage } = evaluation.at[0]!;
    return {
      model,
      "hit ratio": hitRatio.toFixed(4),
      MRR: mrr.toFixed(4),
      NDCG: ndcg.toFixed(4),
      coverage: coverage.toFixed(3),
    };
  };
  return {
    k,
    queries: queries.length,
    catalogue,
    knownTargets,
    knownContexts,
    copies,
    hitRatio: best.at[0]!.hitRatio,
    interval: [interval!.low, interval!.high],
    base: base?.at[0]?.hitRatio,
    popularity: popular.at[0]!.hitRatio,
    randomBet,
    gain,
    rows: [
      row(best.recommender, best),
      ...(base === undefined ? [] : [row("nearest tracks (base protocol)", base)]),
      // It would be there twice if it is the best.
      ...(best.recommender === "popularity" ? [] : [row("popularity", popular)]),
      { model: "random bet", "hit ratio": randomBet.toFixed(4), MRR: "", NDCG: "", coverage: "" },
    ],
    slices: best.slices.map((slice) => ({
      slice: `${slice.by}: ${slice.label}`,
      queries: slice.queries,
      "hit ratio": slice.at[0]!.hitRatio.toFixed(4),
    })),
  };
}

/** How many questions make another thread worthwhile, given that it has to restore the model first. */
const questionsPerThread = 2000;

/** Opens the model of a folder. With many questions it answers in other threads, so that the baselines are measured meanwhile. */
async function answeringModel(folder: string, catalogue: Catalogue, questions: number) {
  const bundle = await openBundle(folder);
  const threads = Math.min(usableCores() - 1, Math.floor(questions / questionsPerThread));
  if (threads === 0) {
    const model = bundle.recommender();
    return { name: model.name, recommend: model.recommend.bind(model), close: async () => {} };
  }
  const name = bundle.manifest.recommenders[0]!;
  return parallelRecommender({ name, save: () => bundle.state(name) }, catalogue, threads);
}

async function baseProtocol(
  folder: string,
  catalogue: Catalogue,
  queries: readonly Query[],
  asked: Parameters<typeof evaluateRecommender>[2],
): Promise<Evaluation | undefined> {
  const { vectors } = await openBundle(folder);
  if (vectors === undefined) return undefined;
  return evaluateBaseProtocol(nearestOf(vectors, catalogue), vectors.tracks, queries, asked);
}
