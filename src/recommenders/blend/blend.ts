/**
 * The blend: candidates and scores of all other recommenders, ranked by boosted trees. The trees are fitted on the tail of
 * the training part, with the sources counted on what comes before it; then the sources are counted again on everything.
 */
import type { Catalogue, Corpus } from "../../corpus/index.js";
import { Random, silent } from "../../system/index.js";
import { trainTrack2Vec } from "../../track2vec/index.js";
import type { FitOptions, RecommenderKind, RecommenderState } from "../contract.js";
import { Fallback } from "../core/fallback.js";
import { largest } from "../core/largest.js";
import type { Query } from "../core/query.js";
import type { ScoreBoard } from "../core/score-board.js";
import { ScoredRecommender } from "../core/scored.js";
import {
  meanLength,
  type Sessions,
  sessionCount,
  sessionsOf,
  sliceSessions,
  withoutSessions,
} from "../core/sessions.js";
import { type TrackMatrix, trackMatrix } from "../core/track-matrix.js";
import { type BoostSettings, boost, type RankingData } from "./boost.js";
import { meritFeature, meritInputs } from "./columns.js";
import { Forest, type ForestArrays } from "./forest.js";
import {
  type HoldingSettings,
  howToHoldBack,
  joined,
  laterFor,
  mostQueries,
  queriesFor,
  rankingData,
} from "./held-back.js";
import { Links } from "./links.js";
import { fitMerit } from "./merit.js";
import { type SignalSettings, Signals } from "./signals.js";

export interface BlendSettings extends SignalSettings, BoostSettings, HoldingSettings {
  readonly vectorSize: number;
  /**
   * Epochs of the track vectors that the ranker compares; 0: no vectors. "auto": none where playlists are long, since what shares a
   * playlist then says as much, and better (see docs/recommenders.md).
   */
  readonly vectorEpochs: number | "auto";
  readonly window: number;
  readonly keep: number;
  /** The first trees rank all candidates, the others only the best `finalists` of these, or 3 k where that is more. */
  readonly firstTrees: number;
  readonly finalists: number;
}

const defaults: BlendSettings = {
  tail: 0.1,
  folds: 4,
  queries: mostQueries,
  candidates: 200,
  hard: 40,
  easy: 30,
  later: "auto",
  nominated: 300,
  neighbours: 400,
  perTrack: 3000,
  vectorSize: 48,
  vectorEpochs: "auto",
  window: 10,
  keep: 200,
  trees: 120,
  leaves: 24,
  rate: 0.1,
  leastHessian: 8,
  lambda: 10,
  querySample: 0.6,
  featureSample: 0.6,
  firstTrees: 20,
  finalists: 50,
};

/** Raised whenever the features or what they mean change: the trees of a saved model read them by number. */
const stateVersion = 4;

/** The links that fitting keeps for later queries of a fold: 240 MB. */
const linksOfAFold = 10_000_000;

/** What finalists are ahead by; far more than leaves add up to. */
const lead = 1000;

class Blend {
  /** What the first trees make of every candidate. */
  readonly #guesses: Float64Array;
  readonly #everyone: Uint32Array;
  readonly #picked: Uint32Array;
  readonly #pickedScores: Float64Array;

  constructor(
    readonly signals: Signals,
    readonly forest: Forest,
    readonly settings: BlendSettings,
  ) {
    const most = signals.candidates.length;
    this.#guesses = new Float64Array(most);
    this.#everyone = Uint32Array.from({ length: most }, (_, i) => i);
    this.#picked = new Uint32Array(most);
    this.#pickedScores = new Float64Array(most);
  }

  score(query: Query, board: ScoreBoard, k: number): void {
    const { signals, forest, settings } = this;
    // Where nothing played, the fall-back's title words and popularity have the say.
    if (query.played.length === 0) return;
    signals.gather(query, Math.min(signals.candidates.length, Math.max(settings.candidates, 7 * k)));
    const { count, width } = signals;
    const { rows, scores, picked } = forest;
    const guesses = this.#guesses;
    const { features } = signals;
    for (let i = 0; i < count; i++) {
      signals.write(i);
      scores[i] = features[i * width + meritFeature]!;
    }
    rows.set(features.subarray(0, count * width));
    const first = Math.min(settings.firstTrees, forest.trees);
    picked.set(this.#everyone);
    forest.add(count, 0, first);
    for (let i = 0; i < count; i++) guesses[i] = scores[i]!;
    const wanted = Math.min(Math.max(settings.finalists, 3 * k), this.#picked.length);
    const best = this.#picked.subarray(0, wanted);
    const finalists = largest(guesses, this.#everyone, count, best, this.#pickedScores);
    picked.set(best);
    scores.set(this.#pickedScores.subarray(0, finalists));
    forest.add(finalists, first, forest.trees);
    // The finalists stay ahead of all others by a constant that no sum of leaves reaches.
    for (let i = 0; i < count; i++) guesses[i]! -= lead;
    for (let i = 0; i < finalists; i++) guesses[best[i]!] = scores[i]!;
    for (let i = 0; i < count; i++) board.add(signals.candidates[i]!, guesses[i]!);
  }
}

/**
 * Long playlists name more candidates, of which the answer is harder to tell apart: more are kept, and fewer neighbours
 * name them.
 */
function sizesFor(settings: BlendSettings, sessions: Sessions) {
  const length = meanLength(sessions);
  return {
    candidates: Math.round(settings.candidates * Math.min(4, Math.max(1, Math.sqrt(length / 8)))),
    neighbours: Math.min(settings.neighbours, Math.max(100, Math.round(20_000 / length))),
  };
}

function signalsOf(
  catalogue: Catalogue,
  sessions: Sessions,
  fallback: Fallback,
  vectors: TrackMatrix,
  settings: BlendSettings,
  room = 0,
) {
  const { window, keep } = settings;
  const reach = Math.max(window, Math.min(60, Math.round(meanLength(sessions))));
  const links = new Links(sessions, { window: reach, recency: 0.15, keep, room });
  return new Signals(catalogue, sessions, links, fallback, vectors, {
    ...settings,
    ...sizesFor(settings, sessions),
  });
}

function epochsFor(corpus: Corpus): number {
  return meanLength(sessionsOf(corpus)) < 20 ? 6 : 0;
}

/** Vectors of the tracks that occur often enough; none where no track does. */
async function vectorsOf(corpus: Corpus, settings: BlendSettings, seed: number, options: FitOptions) {
  const { vectorSize } = settings;
  const vectorEpochs = settings.vectorEpochs === "auto" ? epochsFor(corpus) : settings.vectorEpochs;
  const counts = new Uint32Array(corpus.tracks.length);
  for (const track of corpus.items) counts[track]! += 1;
  const minCount = 2;
  if (vectorEpochs === 0 || !counts.some((count) => count >= minCount)) {
    const none = new Float32Array(0);
    return { size: 0, units: none, outputs: none };
  }
  const { vectors } = await trainTrack2Vec(corpus, {
    sg: true,
    vectorSize,
    window: 10,
    minCount,
    epochs: vectorEpochs,
    sample: 1e-3,
    seed,
    threads: options.threads,
    progress: options.progress,
    signal: options.signal,
  });
  return trackMatrix(corpus, vectors);
}

function recommenderOf(
  catalogue: Catalogue,
  sessions: Sessions,
  signals: Signals,
  trees: ForestArrays,
  fallback: Fallback,
  settings: BlendSettings,
) {
  const forest = new Forest(trees, signals.candidates.length, signals.width);
  const blend = new Blend(signals, forest, settings);
  const state = (): RecommenderState => ({
    kind: "blend",
    version: stateVersion,
    settings: { ...settings },
    arrays: {
      offsets: sessions.offsets,
      items: sessions.items,
      vectors: signals.vectors.units,
      outputs: signals.vectors.outputs,
      meritWeights: signals.meritWeights,
      ...forest.arrays,
    },
    parts: { fallback: fallback.save() },
  });
  return new ScoredRecommender({ name: "blend", catalogue, scorer: blend, filler: fallback, state });
}

async function fit(corpus: Corpus, given: Partial<BlendSettings>, options: FitOptions = {}) {
  const random = new Random(options.seed ?? 1);
  const sessions = sessionsOf(corpus);
  const asked = { ...defaults, ...given };
  const later = asked.later === "auto" ? laterFor(meanLength(sessions)) : asked.later;
  const queries = given.queries ?? queriesFor(corpus.items.length, later);
  const settings = { ...asked, queries };
  const vectorSeed = random.uint32();
  const { trees, meritWeights } = await learn(corpus, { ...settings, later }, vectorSeed, random, options);
  const fallback = Fallback.fit(corpus);
  const vectors = await vectorsOf(corpus, settings, vectorSeed, options);
  const signals = signalsOf(corpus, sessions, fallback, vectors, settings);
  signals.meritWeights = meritWeights ?? signals.meritWeights;
  return recommenderOf(corpus, sessions, signals, trees, fallback, settings);
}

/** Fits the first guess and the trees on playlists that are held back. What it learns from is gone when it returns. */
async function learn(
  corpus: Corpus,
  settings: BlendSettings & { readonly later: number },
  vectorSeed: number,
  random: Random,
  options: FitOptions,
) {
  const progress = options.progress ?? silent;
  const sessions = sessionsOf(corpus);
  const count = sessionCount(sessions);
  const { folds, tail: share } = howToHoldBack(settings, count);
  let meritWeights: Float64Array | undefined;
  const parts: RankingData[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const to = count - Math.round(count * share * fold);
    const from = Math.max(1, count - Math.round(count * share * (fold + 1)));
    const head = withoutSessions(sessions, from, to);
    const headCorpus: Corpus = {
      tracks: corpus.tracks,
      artists: corpus.artists,
      offsets: head.offsets,
      items: head.items,
      titles: corpus.titles && [...corpus.titles.slice(0, from), ...corpus.titles.slice(to)],
    };
    const vectors = await vectorsOf(headCorpus, settings, vectorSeed, options);
    const signals = signalsOf(corpus, head, Fallback.fit(headCorpus), vectors, settings, linksOfAFold);
    const held = sliceSessions(sessions, from, to);
    const titles = corpus.titles?.slice(from, to);
    if (meritWeights === undefined) {
      const few = { ...settings, queries: Math.min(settings.queries, 2000), hard: 60, easy: 60 };
      const data = rankingData(signals, held, titles, few, random, () => {});
      meritWeights = fitMerit(data, { inputs: meritInputs, passes: 5 });
    }
    signals.meritWeights = meritWeights;
    const each = { ...settings, queries: Math.ceil(settings.queries / folds) };
    const data = rankingData(signals, held, titles, each, random, (done) => {
      if (done % 500 === 0) progress({ task: "gathering", done, total: each.queries, unit: "queries" });
    });
    progress({ task: "gathered", done: data.asked, note: `reach ${data.reached}/${data.asked}` });
    parts.push(data);
  }
  const trees = boost(joined(parts), settings, {
    seed: random.uint32(),
    threads: options.threads,
    onTree: (tree, loss) =>
      progress({ task: "boosting", done: tree + 1, total: settings.trees, note: `loss ${loss.toFixed(4)}` }),
  });
  return { trees, meritWeights };
}

export const blend: RecommenderKind<BlendSettings> = {
  name: "blend",
  version: stateVersion,
  summary: "All of the others, ranked by boosted trees that learn from the latest playlists.",
  defaults,
  fit,
  restore(state, catalogue) {
    const settings = state.settings as unknown as BlendSettings;
    const sessions: Sessions = {
      trackCount: catalogue.tracks.length,
      offsets: state.arrays.offsets as Uint32Array,
      items: state.arrays.items as Uint32Array,
    };
    const fallback = Fallback.restore(state.parts!.fallback!, catalogue);
    const units = state.arrays.vectors as Float32Array;
    const vectors: TrackMatrix = {
      size: units.length / Math.max(1, catalogue.tracks.length),
      units,
      outputs: state.arrays.outputs as Float32Array,
    };
    const signals = signalsOf(catalogue, sessions, fallback, vectors, settings);
    signals.meritWeights = state.arrays.meritWeights as Float64Array;
    const trees = state.arrays as unknown as ForestArrays;
    return recommenderOf(catalogue, sessions, signals, trees, fallback, settings);
  },
};
