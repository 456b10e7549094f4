/** The columns of evidence for a candidate, the features made from them, and the inputs of the first guess. */
import { factNames } from "./context-facts.js";
import { artistTraitNames, traitNames } from "./traits.js";

/** Columns of evidence. */
export const col = {
  lastNext: 0,
  lastAfter: 1,
  lastBefore: 2,
  lastCosine: 3,
  lastLate: 4,
  secondAfter: 5,
  after: 6,
  before: 7,
  cosine: 8,
  cosineFlat: 9,
  cosineMost: 10,
  late: 11,
  linked: 12,
  stan: 13,
  sknn: 14,
  near: 15,
  following: 16,
  recent: 17,
  voters: 18,
  closest: 19,
  artist: 20,
  title: 21,
  repeats: 22,
  back: 23,
  lastNextCount: 24,
  artistVotes: 25,
  artistNear: 26,
  artistLink: 27,
  artistAfter: 28,
  artistPlays: 29,
  artistBack: 30,
  code: 31,
} as const;
export const columns = 32;

/** Columns that are also features relative to the query's largest value. */
export const relative: readonly number[] = [
  col.lastAfter,
  col.lastCosine,
  col.lastLate,
  col.after,
  col.cosine,
  col.cosineFlat,
  col.late,
  col.stan,
  col.sknn,
  col.near,
  col.following,
  col.recent,
  col.artist,
  col.title,
  col.before,
  col.lastBefore,
  col.secondAfter,
  col.linked,
  col.voters,
  col.closest,
  col.artistVotes,
  col.artistNear,
  col.artistLink,
  col.artistAfter,
  col.artistBack,
  col.code,
];

/** Cosines by the encoder's vectors: of the track to the last one, to the context's means and code; of its artist to the context's. */
const vectorFeatures = [
  "vector of last",
  "vector of context",
  "vector of flat context",
  "code of context",
  "artist vector of context",
] as const;

/** The candidate compared with the context. */
const besideContext = [
  "same artist as last",
  "log plays beside the context's",
  "artist's share of the context",
] as const;

export const featureNames: readonly string[] = [
  ...Object.keys(col),
  ...relative.map((c) => `${Object.keys(col)[c]} / largest`),
  ...traitNames,
  ...artistTraitNames,
  ...besideContext,
  ...vectorFeatures,
  "order of merit",
  "merit",
  ...factNames,
];

const relativeStart = Object.keys(col).length;
/** The features that the first guess reads: the relative ones, `back`, and "log plays". */
export const meritInputs: readonly number[] = [
  ...relative.map((_, i) => relativeStart + i),
  col.back,
  relativeStart + relative.length,
];

/** The feature with the first guess, from which boosting starts. */
export const meritFeature = featureNames.indexOf("merit");

/** The weights of the first guess before they are fitted. */
export function plainMerit(): Float64Array {
  const weights = new Float64Array(2 * meritInputs.length);
  for (const c of [
    col.near,
    col.stan,
    col.sknn,
    col.recent,
    col.lastAfter,
    col.after,
    col.cosine,
    col.artist,
    col.title,
  ]) {
    weights[relative.indexOf(c)] = 1;
  }
  weights[meritInputs.length - 2] = 1;
  return weights;
}
