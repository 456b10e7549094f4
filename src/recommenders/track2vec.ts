/**
 * Recommending by track vectors. `nearest` is the base protocol's answer: the tracks nearest to the last one. `track2vec`
 * asks with the whole context, fading with the places back, against the output vectors: word2vec's own estimate of what
 * plays near ("dual embedding", Nalisnick et al. 2016).
 */
import type { Catalogue, Corpus } from "../corpus/index.js";
import { numberWithin, SegueError, wholeNumber } from "../system/index.js";
import {
  ExactIndex,
  type NearestRows,
  TrackVectors,
  trainTrack2Vec,
  word2vecRanges,
} from "../track2vec/index.js";
import type {
  FitOptions,
  FittedRecommender,
  Recommender,
  RecommenderKind,
  RecommenderState,
} from "./contract.js";
import { Fallback } from "./core/fallback.js";
import { type Query, TrackNumbers } from "./core/query.js";
import { repeatsFor } from "./core/repeats.js";
import { type ScoredParts, ScoredRecommender, type Scorer } from "./core/scored.js";
import { sessionsOf } from "./core/sessions.js";
import { repeatsRange, type SettingRanges, yesOrNo } from "./core/setting-ranges.js";
import { contextMean, copyUnit, unitScales } from "./core/track-matrix.js";

/** The options of training (gensim's names in camelCase) and how the vectors are asked. */
export interface Track2VecSettings {
  readonly sg: boolean | number;
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

const ranges: SettingRanges<Track2VecSettings> = {
  sg: yesOrNo,
  vectorSize: word2vecRanges.vectorSize,
  window: word2vecRanges.window,
  // Without hierarchical softmax there must be some.
  negative: wholeNumber(1, 1000),
  nsExponent: word2vecRanges.nsExponent,
  minCount: word2vecRanges.minCount,
  epochs: word2vecRanges.epochs,
  sample: word2vecRanges.sample,
  decay: numberWithin({ above: 0, most: 1 }),
  output: numberWithin({ least: 0, most: 1 }),
  repeats: repeatsRange,
};

/**
 * Scores tracks by (1 − output) · cosine of the context's mean to the input vector + output · cosine to the output vector. That is the
 * inner product of the mean with one weighted sum of both; rows of these get one number more, which brings them all to the same length,
 * so that the exact index over cosines finds the same order (Bachrach et al. 2014).
 */
function contextScan(
  { tracks, vectors, outputs, size }: TrackVectors,
  numbers: Uint32Array,
  trackCount: number,
  { decay, output }: Track2VecSettings,
): Scorer {
  const rowOf = rowsByNumber(numbers, trackCount);
  const asGiven = { size, units: vectors, scales: unitScales(vectors, size) };
  const mean = new Float32Array(size);
  const vectorOf = (query: Query) => {
    const rows = Int32Array.from(query.tracks, (track) => rowOf[track]!);
    if (!contextMean(asGiven, rows, decay, mean)) return undefined;
    // The number more is 0 here, and so adds nothing to a product.
    const asked = new Float32Array(size + 1);
    asked.set(mean);
    return asked;
  };
  const { sums, length } = sumsOfUnits(vectors, outputs, size, output);
  const index = new ExactIndex(sums, size + 1, (row) => tracks[row]!);
  return scanOf(numbers, vectorOf, (queries, k) => {
    const found = index.search(queries, k, undefined, 1);
    return { ...found, scores: found.scores.map((cosine) => cosine * length) };
  });
}

/**
 * Of each row (1 − output) × its input vector + output × its output vector, both brought to length 1 before, and one number more: with
 * it all rows are as long as the longest sum.
 */
function sumsOfUnits(
  vectors: Float32Array,
  outputs: Float32Array | undefined,
  size: number,
  output: number,
): { readonly sums: Float32Array; readonly length: number } {
  const count = vectors.length / size;
  const sums = new Float32Array(count * (size + 1));
  const unit = new Float32Array(size);
  let most = 0;
  for (let row = 0; row < count; row++) {
    const from = row * size;
    const to = row * (size + 1);
    copyUnit(vectors, from, unit, 0, size);
    for (let d = 0; d < size; d++) sums[to + d] = (1 - output) * unit[d]!;
    if (outputs !== undefined) {
      copyUnit(outputs, from, unit, 0, size);
      for (let d = 0; d < size; d++) sums[to + d]! += output * unit[d]!;
    }
    let squares = 0;
    for (let d = 0; d < size; d++) squares += sums[to + d]! ** 2;
    sums[to + size] = squares;
    most = Math.max(most, squares);
  }
  for (let at = size; at < sums.length; at += size + 1) sums[at] = Math.sqrt(Math.max(0, most - sums[at]!));
  return { sums, length: Math.sqrt(most) };
}

/** The row of each track of the catalogue; -1: it has none. */
function rowsByNumber(numbers: Uint32Array, trackCount: number): Int32Array {
  const rowOf = new Int32Array(trackCount).fill(-1);
  for (let row = 0; row < numbers.length; row++) rowOf[numbers[row]!] = row;
  return rowOf;
}

/**
 * Scores rows near to a query's vector, the context's own tracks beside k others: those are left out afterwards. Queries of one call are
 * searched for together, since every row is then read once for many.
 */
function scanOf(
  numbers: Uint32Array,
  vectorOf: (query: Query) => Float32Array | undefined,
  search: (queries: Float32Array, k: number) => NearestRows,
): Scorer {
  const wantedFor = (query: Query, k: number) => Math.min(k + query.tracks.length, numbers.length);
  const found = new WeakMap<Query, Pick<NearestRows, "rows" | "scores">>();
  return {
    prepare(queries, k) {
      const asked: Query[] = [];
      const vectors: Float32Array[] = [];
      let most = 0;
      for (const query of queries) {
        const vector = vectorOf(query);
        if (vector === undefined) continue;
        asked.push(query);
        vectors.push(vector);
        most = Math.max(most, wantedFor(query, k));
      }
      if (asked.length === 0) return;
      const size = vectors[0]!.length;
      const all = new Float32Array(asked.length * size);
      vectors.forEach((vector, i) => {
        all.set(vector, i * size);
      });
      const answer = search(all, most);
      asked.forEach((query, i) => {
        const start = i * answer.k;
        const end = start + Math.min(answer.k, wantedFor(query, k));
        found.set(query, {
          rows: answer.rows.subarray(start, end),
          scores: answer.scores.subarray(start, end),
        });
      });
    },
    score(query, board, k) {
      let answer = found.get(query);
      if (answer === undefined) {
        const vector = vectorOf(query);
        if (vector === undefined) return;
        answer = search(vector, wantedFor(query, k));
      }
      const { rows, scores } = answer;
      for (let i = 0; i < rows.length; i++) board.add(numbers[rows[i]!]!, scores[i]!);
    },
  };
}

/** Finds the k rows nearest to one query, best first. */
export type RowSearch = (query: Float32Array, k: number) => NearestRows;

/** Scores the tracks nearest to the last one by cosine; says nothing where that has no vector. */
function nearestScan(
  vectors: TrackVectors,
  numbers: Uint32Array,
  trackCount: number,
  search: RowSearch | undefined,
): Scorer {
  const rowOf = rowsByNumber(numbers, trackCount);
  const vectorOf = (query: Query) => {
    const last = query.unknownAfter > 0 ? undefined : query.tracks[query.tracks.length - 1];
    const row = last === undefined ? -1 : rowOf[last]!;
    return row < 0 ? undefined : vectors.vectorAt(row);
  };
  if (search === undefined) {
    return scanOf(numbers, vectorOf, (queries, k) => vectors.nearestRows(queries, k, { threads: 1 }));
  }
  // Whoever brings a search of their own is asked one query at a time.
  const { score } = scanOf(numbers, vectorOf, search);
  return { score };
}

/** A fitted recommender that has track vectors: for exports, for the base protocol, for a look at them. */
export interface TrackVectorModel extends FittedRecommender {
  readonly vectors: TrackVectors;
  /** The mean loss of each epoch; empty in a model that was restored. */
  readonly lossPerEpoch: readonly number[];
}

export function isTrackVectorModel(recommender: Recommender): recommender is TrackVectorModel {
  return "vectors" in recommender && recommender.vectors instanceof TrackVectors;
}

class VectorRecommender extends ScoredRecommender implements TrackVectorModel {
  constructor(
    parts: ScoredParts,
    readonly vectors: TrackVectors,
    readonly lossPerEpoch: readonly number[],
  ) {
    super(parts);
  }
}

interface Trained {
  readonly vectors: TrackVectors;
  /** The catalogue's number of each row, where it is known; else every id is looked up. */
  readonly numbers?: Uint32Array | undefined;
  readonly lossPerEpoch: readonly number[];
}

function make(
  name: "nearest" | "track2vec",
  catalogue: Catalogue,
  { vectors, numbers = numbersOf(vectors, catalogue), lossPerEpoch }: Trained,
  settings: Track2VecSettings,
  fallback: Fallback | undefined,
  search?: RowSearch,
): TrackVectorModel {
  const scorer =
    name === "nearest"
      ? nearestScan(vectors, numbers, catalogue.tracks.length, search)
      : contextScan(vectors, numbers, catalogue.tracks.length, settings);
  const state = (): RecommenderState => ({
    kind: name,
    version: 1,
    settings: { ...settings, vectorSize: vectors.size },
    arrays: {
      numbers,
      vectors: vectors.vectors,
      ...(vectors.counts === undefined ? {} : { counts: Float64Array.from(vectors.counts) }),
      ...(name === "nearest" || vectors.outputs === undefined ? {} : { outputs: vectors.outputs }),
    },
    ...(fallback === undefined ? {} : { parts: { fallback: fallback.save() } }),
  });
  const repeats = settings.repeats as number;
  const parts = { name, catalogue, scorer, repeats, filler: fallback, state };
  return new VectorRecommender(parts, vectors, lossPerEpoch);
}

/** @throws SegueError where an id of the vectors is not in the catalogue */
function numbersOf(vectors: TrackVectors, catalogue: Catalogue): Uint32Array {
  const index = TrackNumbers.of(catalogue);
  return Uint32Array.from(vectors.tracks, (track) => {
    const number = index.get(track);
    if (number < 0) {
      throw new SegueError("a vector belongs to no track of the catalogue", {
        hint: "Give the vectors and the catalogue of the same training run.",
      });
    }
    return number;
  });
}

function restore(name: "nearest" | "track2vec", state: RecommenderState, catalogue: Catalogue) {
  const settings = state.settings as unknown as Track2VecSettings;
  const { vectors: values, counts, outputs } = state.arrays;
  const numbers = state.arrays.numbers as Uint32Array;
  const vectors = new TrackVectors({
    tracks: Array.from(numbers, (number) => catalogue.tracks[number]!),
    size: settings.vectorSize,
    vectors: values as Float32Array,
    ...(counts === undefined ? {} : { counts: counts as Float64Array }),
    ...(outputs === undefined ? {} : { outputs: outputs as Float32Array }),
  });
  const saved = state.parts?.fallback;
  return make(
    name,
    catalogue,
    { vectors, numbers, lossPerEpoch: [] },
    settings,
    saved && Fallback.restore(saved, catalogue),
  );
}

async function train(corpus: Corpus, settings: Track2VecSettings, options: FitOptions): Promise<Trained> {
  const { sg, vectorSize, window, negative, nsExponent, minCount, epochs, sample } = settings;
  try {
    return await trainTrack2Vec(corpus, {
      ...{ sg: Boolean(sg), vectorSize, window, negative, nsExponent, minCount, epochs, sample },
      seed: options.seed,
      threads: options.threads,
      progress: options.progress,
      signal: options.signal,
    });
  } catch (error) {
    // Few plays are no reason to answer nothing: without a vector, every answer is the fall-back's.
    if (!(error instanceof SegueError && error.code === "empty-vocabulary")) throw error;
    const none = { tracks: [], size: vectorSize, vectors: new Float32Array(0), outputs: new Float32Array(0) };
    return { vectors: new TrackVectors(none), lossPerEpoch: [] };
  }
}

/**
 * A recommender of vectors that were trained already, such as a grid point of the `train` step.
 *
 * @param vectors every id must be in the catalogue
 * @param options.search how nearest rows are found; default: the exact scan
 * @param options.numbers the catalogue's number of each row, where it is known; else every id is looked up
 * @throws SegueError where an id of the vectors is not in the catalogue
 */
export function nearestOf(
  vectors: TrackVectors,
  catalogue: Catalogue,
  {
    search,
    numbers,
  }: { readonly search?: RowSearch | undefined; readonly numbers?: Uint32Array | undefined } = {},
): FittedRecommender {
  const settings = { ...defaults, vectorSize: vectors.size, repeats: 0 };
  return make("nearest", catalogue, { vectors, numbers, lossPerEpoch: [] }, settings, undefined, search);
}

/** The base protocol's recommender. A last track without a vector gets no answer: the random bet belongs to the protocol. */
export const nearest: RecommenderKind<Track2VecSettings> = {
  name: "nearest",
  summary:
    "The tracks nearest to the last one by cosine of track vectors; silent where the last one is unknown.",
  defaults: { ...defaults, sg: false, minCount: 5 },
  ranges,
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
  ranges,
  async fit(corpus, given, options = {}) {
    const repeats = repeatsFor(given.repeats ?? "auto", sessionsOf(corpus));
    const settings = { ...defaults, ...given, repeats };
    return make("track2vec", corpus, await train(corpus, settings, options), settings, Fallback.fit(corpus));
  },
  restore: (state, catalogue) => restore("track2vec", state, catalogue),
};
