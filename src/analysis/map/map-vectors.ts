/** Vectors for the map of playlists: a model's where they will do, else trained for it. */
import type { Corpus } from "../../corpus/index.js";
import { type Progress, SegueError } from "../../system/index.js";
import { type TrackVectors, trainTrack2Vec } from "../../track2vec/index.js";
import { playsOfTracks } from "../distributions.js";
import { fewestTracks } from "./music-map.js";

/** Of fewer, t-SNE would look at nearly all around each. */
const enoughTracks = 100;

export interface MapVectorsOptions {
  /** Vectors that there are already; taken where they know 100 of the tracks. */
  readonly vectors?: TrackVectors;
  /** Of the training, a whole number ≥ 0; default 1. */
  readonly seed?: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Trains as the grid's first point, but with fewer epochs: a map needs neighbourhoods, not the last per cent. Tracks that are played 3
 * times or more get a vector; where these are fewer than 100, those that are played twice; where these are too, all.
 *
 * @throws SegueError (code "too-little-data") where the corpus has fewer tracks than a map takes; the signal's reason
 */
export async function mapVectors(
  corpus: Corpus,
  { vectors, seed = 1, progress, signal }: MapVectorsOptions = {},
): Promise<TrackVectors> {
  if (vectors && corpus.tracks.filter((track) => vectors.indexOf(track) >= 0).length >= enoughTracks)
    return vectors;
  const plays = playsOfTracks(corpus);
  const tracks = plays.filter((n) => n > 0).length;
  if (tracks < fewestTracks)
    throw new SegueError(`a map takes ${fewestTracks} tracks, and these playlists have ${tracks}`, {
      hint: "give it more playlists",
      code: "too-little-data",
    });
  const minCount = [3, 2].find((least) => plays.filter((n) => n >= least).length >= enoughTracks) ?? 1;
  const trained = await trainTrack2Vec(corpus, {
    ...{ vectorSize: 48, window: 10, minCount, epochs: 10, sg: true, nsExponent: 0.75, seed },
    ...{ progress, signal },
  });
  return trained.vectors;
}
