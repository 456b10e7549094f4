/** Fits one grid point on the train part and measures it on the validation part. */
import type { Corpus, Query } from "../../corpus/index.js";
import { baseProtocolMetrics, bootstrapMeans, evaluateRecommender } from "../../evaluation/index.js";
import {
  type FittedRecommender,
  fitRecommender,
  isRecommenderName,
  isTrackVectorModel,
  recommenderKinds,
} from "../../recommenders/index.js";
import { type Progress, peakRssMb } from "../../system/index.js";
import type { TrackVectors } from "../../track2vec/index.js";
import { type GridPoint, pointName } from "./grid.js";
import type { ProtocolFigures, TrainedPoint } from "./ranking.js";
import { corpusOf, evenly, factsOf, queriesIn } from "./read-once.js";

export interface FitPointOptions {
  readonly point: GridPoint;
  /** The train part, a corpus file. */
  readonly train: string;
  /** The validation part, a corpus file. */
  readonly questions: string;
  /** How many of these playlists to ask about with their whole context, at most; 0: all. The base protocol always asks all. */
  readonly most?: number;
  readonly k: number;
  readonly seed: number;
  /** How many threads to fit with, given the number of plays; default: the recommender's choice. */
  readonly threads?: (plays: number) => number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface FittedPoint {
  readonly recommender: FittedRecommender;
  readonly corpus: Corpus;
  readonly vectors?: TrackVectors;
  readonly result: TrainedPoint;
  /** For each playlist asked about: 1 if its next track was hit, else 0. */
  readonly hits: readonly number[];
  /** The tracks nearest to the most played one, as a sanity check; or why there are none. Only for track vectors. */
  readonly glance?: string;
}

/** Fits the point, ranks every validation query, and computes the metrics. */
export async function fitPoint(options: FitPointOptions): Promise<FittedPoint> {
  const { point, k, seed, progress, signal } = options;
  const corpus = await corpusOf(options.train);
  const began = performance.now();
  const recommender = await fitRecommender(point.recommender, corpus, point.settings, {
    seed,
    threads: options.threads?.(corpus.items.length),
    progress,
    signal,
  });
  const fitSeconds = (performance.now() - began) / 1000;
  const queries = await queriesIn(options.questions);
  const facts = factsOf(corpus);
  const asked = evenly(queries, options.most ?? 0);
  const evaluation = await evaluateRecommender(recommender, asked, { ks: [k], facts, progress, signal });
  const hits = evaluation.outcomes.values("hitRatio", k);
  const [interval] = bootstrapMeans([hits], { seed });
  const figures = evaluation.at[0]!;
  const vectors = isTrackVectorModel(recommender) ? recommender.vectors : undefined;
  return {
    recommender,
    corpus,
    hits: [...hits],
    ...(vectors === undefined
      ? {}
      : { vectors, glance: vectors.length === 0 ? withoutVectors(point) : glanceAt(vectors) }),
    result: {
      name: pointName(point),
      recommender: point.recommender,
      settings: point.settings,
      hitRatio: figures.hitRatio,
      interval: [interval!.low, interval!.high],
      mrr: figures.mrr,
      ndcg: figures.ndcg,
      ...(vectors === undefined
        ? {}
        : {
            vocabulary: vectors.tracks.length,
            base: await baseFigures(vectors, queries, options),
          }),
      fitSeconds,
      asked: asked.length,
      queriesPerSecond: asked.length / Math.max(evaluation.recommendSeconds, 1e-9),
      lossPerEpoch: isTrackVectorModel(recommender) ? recommender.lossPerEpoch : [],
      peakRssMb: peakRssMb(),
    },
  };
}

async function baseFigures(
  vectors: TrackVectors,
  queries: readonly Query[],
  { k, progress, signal }: FitPointOptions,
): Promise<ProtocolFigures> {
  const { hitRatio, mrr, ndcg } = await baseProtocolMetrics(vectors, queries, k, { progress, signal });
  return { hitRatio, mrr, ndcg };
}

/** The note if few plays, or a large min_count, leave no track to train on. Such a point still answers, with its fallback. */
function withoutVectors({ recommender, settings }: GridPoint): string {
  const defaults = isRecommenderName(recommender) ? recommenderKinds[recommender].defaults : {};
  const minCount = String(settings.minCount ?? ("minCount" in defaults && defaults.minCount));
  return `no track is played ${minCount} times or more: min_count ${minCount} leaves no vectors; try a lower one, or more playlists`;
}

/** "near Artist-Song: Artist-Other (0.93), …": shows at a glance whether the vectors make sense. */
function glanceAt(vectors: TrackVectors): string {
  let most = 0;
  for (let row = 0; row < vectors.length; row++) {
    if ((vectors.counts?.[row] ?? 0) > (vectors.counts?.[most] ?? 0)) most = row;
  }
  const track = vectors.tracks[most]!;
  const near = vectors.nearest(track, 5);
  if (near.tracks.length === 0) return `near ${track}: no other track has a vector`;
  return `near ${track}: ${near.tracks.map((each, i) => `${each} (${near.scores[i]!.toFixed(2)})`).join(", ")}`;
}
