/** Vectors for the map: those of a model if they cover enough tracks, else newly trained ones. */
import { type Corpus, playsOfTracks } from "../../corpus/index.js";
import { type Progress, SegueError } from "../../system/index.js";
import { type TrackVectors, trainTrack2Vec } from "../../track2vec/index.js";
import { fewestTracks } from "./music-map.js";

/** With fewer, nearly all points would be neighbours of each other in t-SNE. */
const enoughTracks = 100;

export interface MapVectorsOptions {
  /** Existing vectors; used if they contain at least 100 of the tracks. */
  readonly vectors?: TrackVectors;
  /** Seed of the training, a whole number ≥ 0; default 1. */
  readonly seed?: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Trains with the options of the grid's first point but fewer epochs, which suffices for a map. Tracks that are played at least 3 times
 * get a vector; if fewer than 100 are, those played twice too; if these are still too few, all tracks.
 *
 * @throws SegueError (code "too-little-data") if the corpus has fewer tracks than a map needs; the signal's reason
 */
export async function mapVectors(
  corpus: Corpus,
  { vectors, seed = 1, progress, signal }: MapVectorsOptions = {},
): Promise<TrackVectors> {
  if (vectors && corpus.tracks.filter((track) => vectors.has(track)).length >= enoughTracks) return vectors;
  const plays = playsOfTracks(corpus);
  const tracks = plays.filter((n) => n > 0).length;
  if (tracks < fewestTracks)
    throw new SegueError(`a map needs at least ${fewestTracks} tracks, and these playlists have ${tracks}`, {
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
