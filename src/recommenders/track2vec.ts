/**
 * Recommends by track vectors. `nearest` is the base protocol's answer: the tracks nearest to the last one. `track2vec` uses
 * the whole context, decaying by position, and also the output vectors: word2vec's own estimate of what plays nearby ("dual
 * embedding", Nalisnick et al. 2016).
 */
import type { Catalogue, Corpus } from "../corpus/index.js";
import { numberWithin, SegueError, wholeNumber } from "../system/index.js";
import { TrackVectors, trainTrack2Vec, word2vecRanges } from "../track2vec/index.js";
import type {
  FitOptions,
  FittedRecommender,
  Recommender,
  RecommenderKind,
  RecommenderState,
} from "./contract.js";
import { TrackNumbers } from "./core/asking/query.js";
import { type ScoredParts, ScoredRecommender } from "./core/asking/scored.js";
import { Fallback } from "./core/fallback/fallback.js";
import { repeatsFor } from "./core/plays/repeats.js";
import { sessionsOf } from "./core/plays/sessions.js";
import { repeatsRange, type SettingRanges, yesOrNo } from "./core/setting-ranges.js";
import { contextScan, nearestScan, type RowSearch } from "./core/vectors/vector-scan.js";

/** Training options: gensim's names in camelCase. */
export interface TrainingSettings {
  /** Skip-gram; else CBOW. */
  readonly sg: boolean | number;
  /** Dimensions of a vector, 1 to 65,536. */
  readonly vectorSize: number;
  /** The maximum distance between a track and its context tracks. */
  readonly window: number;
  /** Negative samples per context. */
  readonly negative: number;
  /** Negative samples are drawn in proportion to plays^nsExponent. */
  readonly nsExponent: number;
  /** Tracks with fewer plays get no vector. */
  readonly minCount: number;
  /** Passes over the playlists. */
  readonly epochs: number;
  /** Downsamples tracks with more than this share of all plays, the more the more they are played; 0: none. */
  readonly sample: number;
}

/** Training options, and how the vectors are used. */
export interface Track2VecSettings extends TrainingSettings {
  /** The context's d-th last track has the weight decay^(d - 1), in (0, 1]. */
  readonly decay: number;
  /** The weight of the cosine to the output vectors in the score, in [0, 1]; the rest is that to the input vectors. */
  readonly output: number;
  /** Score factor for tracks in the context; 0 leaves them out; "auto" decides by the data. */
  readonly repeats: number | "auto";
}

const trainingDefaults: TrainingSettings = {
  sg: true,
  vectorSize: 48,
  window: 10,
  negative: 5,
  nsExponent: 0.75,
  minCount: 3,
  epochs: 30,
  sample: 1e-3,
};

const defaults: Track2VecSettings = { ...trainingDefaults, decay: 0.8, output: 0.5, repeats: "auto" };

const trainingRanges: SettingRanges<TrainingSettings> = {
  sg: yesOrNo,
  vectorSize: word2vecRanges.vectorSize,
  window: word2vecRanges.window,
  // Required, since there is no hierarchical softmax.
  negative: wholeNumber(1, 1000),
  nsExponent: word2vecRanges.nsExponent,
  minCount: word2vecRanges.minCount,
  epochs: word2vecRanges.epochs,
  sample: word2vecRanges.sample,
};

const ranges: SettingRanges<Track2VecSettings> = {
  ...trainingRanges,
  decay: numberWithin({ above: 0, most: 1 }),
  output: numberWithin({ least: 0, most: 1 }),
  repeats: repeatsRange,
};

/** A fitted recommender with track vectors, for exports, the base protocol and inspection. */
export interface TrackVectorModel extends FittedRecommender {
  readonly vectors: TrackVectors;
  /** The mean loss of each epoch; empty for a restored model. */
  readonly lossPerEpoch: readonly number[];
}

/** Whether a recommender has track vectors. */
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
  /** The track number of each row. Default: every id is looked up. */
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
  const repeats = settings.repeats as number;
  const scorer =
    name === "nearest"
      ? nearestScan(vectors, numbers, catalogue.tracks.length, search)
      : contextScan(vectors, numbers, catalogue.tracks.length, { ...settings, repeats });
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
    parts: fallback && { fallback: fallback.save() },
  });
  const parts = { name, catalogue, scorer, repeats, filler: fallback, state };
  return new VectorRecommender(parts, vectors, lossPerEpoch);
}

/** @throws SegueError if an id of the vectors is not in the catalogue */
function numbersOf(vectors: TrackVectors, catalogue: Catalogue): Uint32Array {
  const index = new TrackNumbers(catalogue.tracks);
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
    counts: counts as Float64Array | undefined,
    outputs: outputs as Float32Array | undefined,
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
    // With too few plays for any vector, the fallback still answers.
    if (!(error instanceof SegueError && error.code === "empty-vocabulary")) throw error;
    const none = { tracks: [], size: vectorSize, vectors: new Float32Array(0), outputs: new Float32Array(0) };
    return { vectors: new TrackVectors(none), lossPerEpoch: [] };
  }
}

/**
 * Makes a `nearest` recommender of vectors that are already trained, such as a grid point of the `train` step.
 *
 * @param vectors every id must be in the catalogue
 * @param options.search finds the nearest rows. Default: an exact scan
 * @param options.numbers the track number of each row. Default: every id is looked up
 * @throws SegueError if an id of the vectors is not in the catalogue
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

/**
 * The base protocol's recommender: it only reads the last track, and never recommends it. If that has no vector, there is no answer:
 * the random bet belongs to the protocol.
 */
export const nearest: RecommenderKind<TrainingSettings> = {
  name: "nearest",
  summary:
    "The tracks nearest to the last one by cosine of track vectors; no answer if the last one is unknown.",
  defaults: { ...trainingDefaults, sg: false, minCount: 5 },
  ranges: trainingRanges,
  async fit(corpus, given, options = {}) {
    const settings = { ...defaults, ...nearest.defaults, ...given, repeats: 0 };
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
