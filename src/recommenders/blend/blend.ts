/**
 * The blend: candidates and evidence from all other recommenders, ranked by boosted trees. The trees are fitted on held-back
 * playlists, with the sources counted without them; then the sources are counted again on everything.
 */
import type { Catalogue, Corpus } from "../../corpus/index.js";
import { Random } from "../../system/index.js";
import type { FitOptions, RecommenderKind, RecommenderState } from "../contract.js";
import type { Query } from "../core/asking/query.js";
import { ScoredRecommender } from "../core/asking/scored.js";
import { Fallback } from "../core/fallback/fallback.js";
import { learnedRepeats } from "../core/plays/repeats.js";
import { meanLength, type Sessions, sessionsIn, sessionsOf } from "../core/plays/sessions.js";
import { largest } from "../core/scores/largest.js";
import type { ScoreBoard } from "../core/scores/score-board.js";
import type { EncoderModel } from "../encoder/encoder-model.js";
import { meritFeature } from "./features/columns.js";
import { signalsOf } from "./fitting/fold.js";
import { laterFor, queriesFor } from "./fitting/held-back.js";
import { encoderOf, learn } from "./fitting/learn.js";
import { type BlendSettings, blendConflict, blendDefaults, blendRanges } from "./settings.js";
import type { Signals } from "./signals.js";
import { Forest, type ForestArrays } from "./trees/forest.js";

/** Increase it when features or their meanings change: saved trees refer to features by number. */
const stateVersion = 6;

/** How far the lowest finalist stays above all other candidates, at least. */
const lead = 1e-3;

class Blend {
  /** Each candidate's score after the first trees. */
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
    // If nothing is known, the fallback's title words and popularity hit more than trees without evidence.
    if (!this.#knows(query)) return;
    signals.gather(query);
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
    const best = this.#picked.subarray(0, settings.finalists);
    const finalists = largest(guesses, this.#everyone, count, best, this.#pickedScores);
    picked.set(best);
    scores.set(this.#pickedScores.subarray(0, finalists));
    forest.add(finalists, first, forest.trees);
    // Keep the finalists ahead of all others, whose guesses are at most `highest`.
    const highest = minimum(this.#pickedScores, finalists);
    const drop = Math.max(0, highest - minimum(scores, finalists) + lead);
    for (let i = 0; i < count; i++) guesses[i]! -= drop;
    for (let i = 0; i < finalists; i++) guesses[best[i]!] = scores[i]!;
    for (let i = 0; i < count; i++) board.add(signals.candidates[i]!, guesses[i]!);
    // Context tracks may be left out of the answer.
    if (k + query.tracks.length > count) this.#addOthers(board, minimum(guesses, count) - lead);
  }

  /** Adds what was nominated but is no candidate, by the first guess, all below a score. */
  #addOthers(board: ScoreBoard, below: number): void {
    const others: (readonly [track: number, merit: number])[] = [];
    this.signals.others((track, merit) => others.push([track, merit]));
    const most = others.reduce((largest, [, merit]) => Math.max(largest, merit), Number.NEGATIVE_INFINITY);
    for (const [track, merit] of others) board.add(track, below - (most - merit));
  }

  #knows({ tracks, unknown }: Query): boolean {
    const { artists } = this.signals.fallback;
    return tracks.length > 0 || (artists !== undefined && unknown.some((id) => artists.guess(id) !== 0));
  }
}

function minimum(values: Float64Array, count: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) least = Math.min(least, values[i]!);
  return least;
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
      vectors: signals.encoder.units,
      gates: signals.encoder.gates,
      meritWeights: signals.meritWeights,
      ...forest.arrays,
    },
    parts: { fallback: fallback.save() },
  });
  const repeats = learnedRepeats(sessions);
  return new ScoredRecommender({ name: "blend", catalogue, scorer: blend, repeats, filler: fallback, state });
}

async function fit(corpus: Corpus, given: Partial<BlendSettings>, options: FitOptions = {}) {
  const random = new Random(options.seed ?? 1);
  const sessions = sessionsOf(corpus);
  const asked = { ...blendDefaults, ...given };
  const later = asked.later === "auto" ? laterFor(meanLength(sessions)) : asked.later;
  const queries = given.queries ?? queriesFor(corpus.items.length, later);
  const settings = { ...asked, queries };
  const encoderSeed = random.uint32();
  const { trees, meritWeights } = await learn(corpus, { ...settings, later }, encoderSeed, random, options);
  const fallback = Fallback.fit(corpus);
  const encoder = await encoderOf(corpus, settings, encoderSeed, options);
  const signals = signalsOf(corpus, sessions, fallback, encoder, settings);
  signals.meritWeights = meritWeights;
  return recommenderOf(corpus, sessions, signals, trees, fallback, settings);
}

export const blend: RecommenderKind<BlendSettings> = {
  name: "blend",
  version: stateVersion,
  summary: "All of the others, ranked by boosted trees that learn from the latest playlists.",
  defaults: blendDefaults,
  ranges: blendRanges,
  conflictIn: blendConflict,
  fit,
  restore(state, catalogue) {
    const settings = state.settings as unknown as BlendSettings;
    const sessions = sessionsIn(state, catalogue);
    const fallback = Fallback.restore(state.parts!.fallback!, catalogue);
    const units = state.arrays.vectors as Float32Array;
    const encoder: EncoderModel = {
      size: units.length / Math.max(1, catalogue.tracks.length),
      units,
      gates: state.arrays.gates as Float32Array,
    };
    const signals = signalsOf(catalogue, sessions, fallback, encoder, settings);
    signals.meritWeights = state.arrays.meritWeights as Float64Array;
    const trees = state.arrays as unknown as ForestArrays;
    return recommenderOf(catalogue, sessions, signals, trees, fallback, settings);
  },
};
