/**
 * Refits a chosen grid point on all playlists, including validation and test, for an endpoint that knows every track. Its metrics
 * stay those of the fit on the train part, since no data is left to measure this one (like scikit-learn's `refit` of a grid search).
 */
import { playlistCount, readCorpusFile } from "../../corpus/index.js";
import { fitRecommender, isTrackVectorModel } from "../../recommenders/index.js";
import type { Progress } from "../../system/index.js";
import type { TrainedPoint } from "../grid/ranking.js";
import { saveModel } from "./model-folder.js";

export interface RefitOptions {
  /** All playlists, a corpus file. */
  readonly full: string;
  /** The modeling run's seed, so that the same run gives the same model. */
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/**
 * @param models the points to refit, and the folders to write them to
 * @returns how many playlists and distinct tracks there are, and the seconds that all fits took
 */
export async function refitModels(
  models: ReadonlyArray<{ readonly point: TrainedPoint; readonly folder: string }>,
  { full, ...options }: RefitOptions,
): Promise<{ readonly playlists: number; readonly tracks: number; readonly seconds: number }> {
  const corpus = await readCorpusFile(full);
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
