/** The map of music: the most played tracks laid out by their vectors, with the genre words of their playlists. */
import { type Corpus, playsOfTracks, requireCorpus } from "../../corpus/index.js";
import {
  besideWork,
  listOf,
  misuse,
  type Progress,
  requireOptions,
  type ValueRange,
  wholeNumber,
} from "../../system/index.js";
import { requireVectors, type TrackVectors } from "../../track2vec/index.js";
import {
  defaultGenres,
  frequentWords,
  type GenreAgreement,
  genreAgreement,
  genresOfTracks,
  unknownGenre,
} from "./genres.js";
import { nearestNeighbours } from "./neighbours.js";
import { tsne, tsneRanges } from "./tsne.js";

export interface MapPoint {
  readonly track: string;
  readonly artist?: string;
  /** The position, to three decimals. Only distances between points are meaningful. */
  readonly x: number;
  readonly y: number;
  /** Number of playlist entries. */
  readonly plays: number;
  /** A genre word, or "unknown". */
  readonly genre: string;
}

export interface MusicMap {
  /** Most played first. */
  readonly points: readonly MapPoint[];
  /** The genre words. */
  readonly genres: readonly string[];
  readonly agreement: GenreAgreement;
  /** If no track has a genre word: the most frequent words of titles, if there are titles. */
  readonly frequentWords?: readonly string[];
  /** Kullback–Leibler divergence of the layout from the vectors; lower is more faithful. */
  readonly divergence: number;
  /** As requested, but at most a third of the other points. */
  readonly perplexity: number;
  readonly iterations: number;
  readonly seed: number;
}

export interface MapOptions {
  /** How many of the most played tracks to show; default 5000. */
  readonly tracks?: number;
  /** Words in titles that colour the map; default rock, rap, country. */
  readonly genres?: readonly string[];
  /** The effective number of neighbours, ≥ 1; default 30, at most a third of the tracks. */
  readonly perplexity?: number;
  /** Iterations of t-SNE, an integer ≥ 1; default 1000. */
  readonly iterations?: number;
  /** Seed of the layout, an integer ≥ 0; default 1. */
  readonly seed?: number;
  /** Reports the number of finished iterations. */
  readonly progress?: Progress;
  /** Aborts the layout. */
  readonly signal?: AbortSignal;
}

/** The minimum for t-SNE. */
export const fewestTracks = 4;

const { perplexity: perplexities, iterations: rounds, seed: seeds } = tsneRanges;
const ranges: Readonly<Record<keyof MapOptions, ValueRange>> = {
  tracks: wholeNumber(fewestTracks),
  genres: listOf("words"),
  perplexity: perplexities,
  iterations: rounds,
  seed: seeds,
  ...besideWork,
};

/**
 * Lays tracks out on a plane, so that tracks played together are close. Distances are those of unit vectors (cosines).
 *
 * @param vectors of the corpus's tracks; those without one are left out
 * @throws SegueError (misuse) if fewer than 4 tracks have a vector, or an argument or option is invalid
 * @throws the signal's reason
 */
export async function drawMap(
  corpus: Corpus,
  vectors: TrackVectors,
  options: MapOptions = {},
): Promise<MusicMap> {
  requireCorpus(corpus, "drawMap");
  requireVectors(vectors, "drawMap");
  requireOptions(options, ranges, "drawMap");
  const { tracks = 5000, genres = defaultGenres, iterations = 1000, seed = 1, progress, signal } = options;
  const plays = playsOfTracks(corpus);
  const rowOf = Int32Array.from(corpus.tracks, (track) => vectors.indexOf(track));
  const chosen = Array.from(corpus.tracks.keys())
    .filter((track) => rowOf[track]! >= 0)
    .sort((a, b) => plays[b]! - plays[a]! || a - b)
    .slice(0, tracks);
  if (chosen.length < fewestTracks)
    throw misuse(
      `a map needs at least ${fewestTracks} tracks with vectors, and there are ${chosen.length}`,
      "train the vectors on the same corpus, with a lower minCount",
    );
  const { size } = vectors;
  const points = new Float32Array(chosen.length * size);
  chosen.forEach((track, i) => {
    const vector = vectors.vectors.subarray(rowOf[track]! * size, (rowOf[track]! + 1) * size);
    const length = Math.hypot(...vector) || 1;
    for (let d = 0; d < size; d++) points[i * size + d] = vector[d]! / length;
  });
  const perplexity = Math.min(options.perplexity ?? 30, (chosen.length - 1) / 3);
  const each = Math.min(chosen.length - 1, Math.floor(3 * perplexity));
  const neighbours = await nearestNeighbours(points, size, each, { progress, signal });
  const { positions, divergence } = await tsne(points, size, {
    ...{ perplexity, iterations, seed, progress, signal, neighbours },
  });
  const genreOf = genresOfTracks(corpus, genres);
  const chosenGenres = chosen.map((track) => genreOf[track]!);
  const agreement = genreAgreement(chosenGenres, neighbours.rows, each);
  return {
    points: chosen.map((track, i) => ({
      track: corpus.tracks[track]!,
      artist: corpus.artists?.[track],
      x: Number(positions[2 * i]!.toFixed(3)),
      y: Number(positions[2 * i + 1]!.toFixed(3)),
      plays: plays[track]!,
      genre: chosenGenres[i] === unknownGenre ? "unknown" : genres[chosenGenres[i]!]!,
    })),
    genres,
    agreement,
    frequentWords: agreement.tracks === 0 ? frequentWords(corpus) : undefined,
    divergence,
    perplexity,
    iterations,
    seed,
  };
}
