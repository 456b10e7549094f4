/** The test figures of the chosen model, beside what they have to beat: popularity, nearest tracks, a random bet. */
import { openBundle } from "../../bundle/index.js";
import type { Catalogue, Query } from "../../corpus/index.js";
import {
  bootstrapMeans,
  type Evaluation,
  evaluateBaseProtocol,
  evaluateRecommender,
  pairedDifference,
} from "../../evaluation/index.js";
import { fitRecommender, nearestOf, parallelRecommender } from "../../recommenders/index.js";
import { type Progress, settleBoth, usableCores } from "../../system/index.js";
import { corpusOf, evenly, factsOf, queriesIn } from "./read-once.js";

export interface TestModelOptions {
  /** The folder of the best model, and of the best one with track vectors. */
  readonly model: string;
  readonly nearest?: string;
  /** The train and the test part, corpus files or Parquet. */
  readonly train: string;
  readonly questions: string;
  /** How many of the questions are asked with the whole context, at most; 0: all. The base protocol asks all. */
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
  /** The share of the queries whose next track is among them: nobody hits more. */
  readonly knownTargets: number;
  /** The share of the queries whose context holds one of them. */
  readonly knownContexts: number;
  /** How many of the queries are in training too: a playlist of the same tracks. */
  readonly copies: number;
  /** Of the best model, given the whole context. */
  readonly hitRatio: number;
  readonly interval: readonly [number, number];
  /** Of the best track vectors by the base protocol; absent where the grid has none. */
  readonly base?: number;
  readonly popularity: number;
  /** What k tracks drawn from the catalogue hit on average. */
  readonly randomBet: number;
  /** Best model less popularity, over the same queries. */
  readonly gain: { readonly mean: number; readonly low: number; readonly high: number; readonly p: number };
  readonly rows: ReadonlyArray<Record<string, string | number>>;
  readonly slices: ReadonlyArray<Record<string, string | number>>;
}

/** Ranks every query of the test part with the best model and with what it has to beat. */
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
  // k tracks drawn from the catalogue, where it holds the target.
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
    ...(base === undefined ? {} : { base: base.at[0]!.hitRatio }),
    popularity: popular.at[0]!.hitRatio,
    randomBet,
    gain,
    rows: [
      row(best.recommender, best),
      ...(base === undefined ? [] : [row("nearest tracks (base protocol)", base)]),
      row("popularity", popular),
      { model: "random bet", "hit ratio": randomBet.toFixed(4), MRR: "", NDCG: "", coverage: "" },
    ],
    slices: best.slices.map((slice) => ({
      slice: `${slice.by}: ${slice.label}`,
      queries: slice.queries,
      "hit ratio": slice.at[0]!.hitRatio.toFixed(4),
    })),
  };
}

/** So many questions are worth a thread of their own, which restores the model first. */
const questionsPerThread = 2000;

/** The model of a folder. Where there is much to ask it answers in other threads, so that the rest is measured meanwhile. */
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
