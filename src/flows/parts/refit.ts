/**
 * Fits a chosen grid point again on all playlists, those of validation and test too, for an endpoint that knows every track. Its
 * figures stay those of the fit on the train part: nothing is left to measure this one on (scikit-learn's `refit` of a grid search).
 */
import { playlistCount } from "../../corpus/index.js";
import { readCorpus } from "../../playlists/index.js";
import { fitRecommender, isTrackVectorModel } from "../../recommenders/index.js";
import type { Progress } from "../../system/index.js";
import { saveModel } from "./model-folder.js";
import type { TrainedPoint } from "./ranking.js";

export interface RefitOptions {
  /** All playlists, a corpus file or Parquet. */
  readonly full: string;
  /** The modeling run's, so that the same run gives the same model. */
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/**
 * @param models which folder takes which point
 * @returns how many tracks the playlists hold, and in how many seconds all were fitted
 */
export async function refitModels(
  models: ReadonlyArray<{ readonly point: TrainedPoint; readonly folder: string }>,
  { full, ...options }: RefitOptions,
): Promise<{ readonly playlists: number; readonly tracks: number; readonly seconds: number }> {
  const corpus = await readCorpus(full);
  const began = performance.now();
  for (const { point, folder } of models) {
    const recommender = await fitRecommender(point.recommender, corpus, point.settings, options);
    const vectors = isTrackVectorModel(recommender) ? recommender.vectors : undefined;
    await saveModel(folder, { recommender, corpus, result: point, ...(vectors && { vectors }) });
  }
  return {
    playlists: playlistCount(corpus),
    tracks: corpus.tracks.length,
    seconds: (performance.now() - began) / 1000,
  };
}
