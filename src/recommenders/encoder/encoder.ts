/**
 * A session encoder: a small neural model that learns track vectors and a gate for each position of a context, so that the context's
 * code is near the track that follows. It also reaches tracks that never shared a playlist with the context.
 */
import type { Catalogue } from "../../corpus/index.js";
import type { RecommenderKind, RecommenderState } from "../contract.js";
import { ScoredRecommender } from "../core/asking/scored.js";
import { Fallback } from "../core/fallback/fallback.js";
import { repeatsFor } from "../core/plays/repeats.js";
import { sessionsOf } from "../core/plays/sessions.js";
import { codeScan } from "../core/vectors/vector-scan.js";
import { codeOfContext, type EncoderModel } from "./encoder-model.js";
import { type EncoderSettings, encoderDefaults, encoderRanges, trainingFor } from "./settings.js";
import { trainEncoder } from "./train-encoder.js";

function make(catalogue: Catalogue, model: EncoderModel, fallback: Fallback, settings: EncoderSettings) {
  const repeats = settings.repeats as number;
  const scorer = codeScan(model.units, model.size, settings.scale, repeats, (query) => {
    const code = new Float32Array(model.size);
    return codeOfContext(model, query.tracks, code) ? code : undefined;
  });
  const state = (): RecommenderState => ({
    kind: "encoder",
    version: 1,
    settings: { ...settings, vectorSize: model.size },
    arrays: { vectors: model.units, gates: model.gates },
    parts: { fallback: fallback.save() },
  });
  return new ScoredRecommender({ name: "encoder", catalogue, scorer, repeats, filler: fallback, state });
}

export const encoder: RecommenderKind<EncoderSettings> = {
  name: "encoder",
  summary: "The tracks nearest to a code of the context that a small neural model has learned.",
  defaults: encoderDefaults,
  ranges: encoderRanges,
  async fit(corpus, given, { seed = 1, ...options } = {}) {
    const sessions = sessionsOf(corpus);
    const repeats = repeatsFor(given.repeats ?? "auto", sessions);
    const settings = { ...encoderDefaults, ...given, repeats };
    const model = await trainEncoder(sessions, trainingFor(settings, sessions), {
      ...options,
      seed,
    });
    return make(corpus, model, Fallback.fit(corpus), settings);
  },
  restore(state, catalogue) {
    const settings = state.settings as unknown as EncoderSettings;
    const model: EncoderModel = {
      size: settings.vectorSize,
      units: state.arrays.vectors as Float32Array,
      gates: state.arrays.gates as Float32Array,
    };
    return make(catalogue, model, Fallback.restore(state.parts!.fallback!, catalogue), settings);
  },
};
