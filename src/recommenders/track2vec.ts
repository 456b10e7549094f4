/**
 * Recommending by track vectors. `nearest` is the base protocol's answer: the tracks nearest to the last one. `track2vec`
 * asks with the whole context, fading with the places back, against the output vectors: word2vec's own estimate of what
 * plays near ("dual embedding", Nalisnick et al. 2016).
 */
import type { Catalogue, Corpus } from "../corpus/index.js";
import { SegueError } from "../system/index.js";
import { TrackVectors, trainTrack2Vec } from "../track2vec/index.js";
import type { FitOptions, FittedRecommender, RecommenderKind, RecommenderState } from "./contract.js";
import { Fallback } from "./core/fallback.js";
import { repeatsFor } from "./core/repeats.js";
import { ScoredRecommender, type Scorer } from "./core/scored.js";
import { sessionsOf } from "./core/sessions.js";
import { contextMean, type TrackMatrix, trackMatrix } from "./core/track-matrix.js";

/** The options of training (gensim's names in camelCase) and how the vectors are asked. */
export interface Track2VecSettings {
  readonly sg: boolean;
  readonly vectorSize: number;
  readonly window: number;
  readonly negative: number;
  readonly nsExponent: number;
  readonly minCount: number;
  readonly epochs: number;
  readonly sample: number;
  /** A context's track d places back weighs decay^(d - 1), in (0, 1]; `nearest` reads the last track alone. */
  readonly decay: number;
  /** The share of the input·output product in the score; the rest is the cosine. In [0, 1]. */
  readonly output: number;
  readonly repeats: number | "auto";
}

const defaults: Track2VecSettings = {
  sg: true,
  vectorSize: 48,
  window: 10,
  negative: 5,
  nsExponent: 0.75,
  minCount: 3,
  epochs: 30,
  sample: 1e-3,
  decay: 0.8,
  output: 0.5,
  repeats: "auto",
};

/** Scores every track that has a vector; tracks without one stay untouched. */
function scan(
  matrix: TrackMatrix,
  tracks: Uint32Array,
  settings: { decay: number; output: number; last: number },
): Scorer {
  const mean = new Float32Array(matrix.size);
  const { size, units, outputs } = matrix;
  const { decay, output, last } = settings;
  return {
    score(query, board) {
      if (!contextMean(matrix, query.tracks, decay, last, mean)) return;
      for (const track of tracks) {
        const base = track * size;
        let cosine = 0;
        for (let d = 0; d < size; d++) cosine += mean[d]! * units[base + d]!;
        let predicted = 0;
        if (output > 0) for (let d = 0; d < size; d++) predicted += mean[d]! * outputs[base + d]!;
        board.add(track, (1 - output) * cosine + output * predicted);
      }
    },
  };
}

/** Scores the tracks nearest to the last one by the exact SIMD index, which gives the scan's answer in a tenth of its time. */
function nearestToLast(catalogue: Catalogue, matrix: TrackMatrix, tracks: Uint32Array): Scorer {
  const { size, units } = matrix;
  const rows = new Float32Array(tracks.length * size);
  tracks.forEach((track, row) => {
    rows.set(units.subarray(track * size, (track + 1) * size), row * size);
  });
  const vectors = new TrackVectors({
    tracks: Array.from(tracks, (track) => catalogue.tracks[track]!),
    size,
    vectors: rows,
  });
  const mean = new Float32Array(size);
  return {
    score(query, board, k) {
      if (query.unknownAfter !== 0 || !contextMean(matrix, query.tracks, 1, 1, mean)) return;
      // Tracks of the context may be passed over afterwards.
      const found = vectors.nearestRows(mean, k + query.tracks.length, { threads: 1 });
      found.rows.forEach((row, place) => {
        board.add(tracks[row]!, found.scores[place]!);
      });
    },
  };
}

function make(
  name: "nearest" | "track2vec",
  catalogue: Catalogue,
  matrix: TrackMatrix,
  settings: Track2VecSettings,
  fallback: Fallback | undefined,
): FittedRecommender {
  const rows: number[] = [];
  for (let t = 0; t < catalogue.tracks.length; t++) {
    const row = matrix.units.subarray(t * matrix.size, (t + 1) * matrix.size);
    if (row.some((value) => value !== 0)) rows.push(t);
  }
  const tracks = Uint32Array.from(rows);
  const nearest = name === "nearest";
  const scorer = nearest
    ? nearestToLast(catalogue, matrix, tracks)
    : scan(matrix, tracks, { decay: settings.decay, output: settings.output, last: 100 });
  const state = (): RecommenderState => ({
    kind: name,
    version: 1,
    settings: { ...settings },
    arrays: { units: matrix.units, ...(nearest ? {} : { outputs: matrix.outputs }) },
    ...(fallback === undefined ? {} : { parts: { fallback: fallback.save() } }),
  });
  const repeats = settings.repeats as number;
  return new ScoredRecommender({ name, catalogue, scorer, repeats, filler: fallback, state });
}

function restore(name: "nearest" | "track2vec", state: RecommenderState, catalogue: Catalogue) {
  const settings = state.settings as unknown as Track2VecSettings;
  const units = state.arrays.units as Float32Array;
  const matrix: TrackMatrix = {
    size: settings.vectorSize,
    units,
    outputs: (state.arrays.outputs as Float32Array | undefined) ?? units,
  };
  const saved = state.parts?.fallback;
  return make(name, catalogue, matrix, settings, saved && Fallback.restore(saved, catalogue));
}

async function train(corpus: Corpus, settings: Track2VecSettings, options: FitOptions): Promise<TrackMatrix> {
  const { sg, vectorSize, window, negative, nsExponent, minCount, epochs, sample } = settings;
  const counts = new Uint32Array(corpus.tracks.length);
  for (const track of corpus.items) counts[track]! += 1;
  if (!counts.some((count) => count >= minCount)) {
    const none = new Float32Array(corpus.tracks.length * vectorSize);
    return { size: vectorSize, units: none, outputs: none };
  }
  const { vectors } = await trainTrack2Vec(corpus, {
    ...{ sg, vectorSize, window, negative, nsExponent, minCount, epochs, sample },
    seed: options.seed,
    threads: options.threads,
    progress: options.progress,
    signal: options.signal,
  });
  return trackMatrix(corpus, vectors);
}

/**
 * A recommender of vectors that were trained already, such as a grid point of the `train` step.
 *
 * @param vectors ids must be those of the catalogue; others are passed over
 * @throws SegueError where no id of the vectors is in the catalogue
 */
export function nearestOf(vectors: TrackVectors, catalogue: Catalogue): FittedRecommender {
  const matrix = trackMatrix(catalogue, vectors);
  if (!matrix.units.some((value) => value !== 0)) {
    throw new SegueError("none of the vectors belongs to a track of the catalogue", {
      hint: "Give the vectors and the catalogue of the same training run.",
    });
  }
  return make("nearest", catalogue, matrix, { ...defaults, vectorSize: vectors.size, repeats: 0 }, undefined);
}

/** The base protocol's recommender. A last track without a vector gets no answer: the random bet belongs to the protocol. */
export const nearest: RecommenderKind<Track2VecSettings> = {
  name: "nearest",
  summary:
    "The tracks nearest to the last one by cosine of track vectors; silent where the last one is unknown.",
  defaults: { ...defaults, sg: false, minCount: 5 },
  async fit(corpus, given, options = {}) {
    const settings = { ...nearest.defaults, ...given, repeats: 0 };
    return make("nearest", corpus, await train(corpus, settings, options), settings, undefined);
  },
  restore: (state, catalogue) => restore("nearest", state, catalogue),
};

export const track2vec: RecommenderKind<Track2VecSettings> = {
  name: "track2vec",
  summary: "The tracks that track vectors expect after the whole context, late tracks counting more.",
  defaults,
  async fit(corpus, given, options = {}) {
    const repeats = repeatsFor(given.repeats ?? "auto", sessionsOf(corpus));
    const settings = { ...defaults, ...given, repeats };
    return make("track2vec", corpus, await train(corpus, settings, options), settings, Fallback.fit(corpus));
  },
  restore: (state, catalogue) => restore("track2vec", state, catalogue),
};
