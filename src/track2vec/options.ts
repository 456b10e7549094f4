/** What training can be told, with gensim's names (in camelCase) and gensim's defaults, and the check of all of it. */
import {
  asWritten,
  misuse,
  numberWithin,
  requireKnown,
  requireWithin,
  usableCores,
  type ValueRange,
  wholeNumber,
} from "../system/index.js";
import { requireNotGensims } from "./gensim-names.js";
import { ofTracks, type Wording } from "./wording.js";

export interface Word2VecOptions {
  /** Skip-gram (true) or CBOW (false). gensim's `sg`. Default false. */
  readonly sg: boolean;
  /** Hierarchical softmax. gensim's `hs`. Default false. */
  readonly hs: boolean;
  /** Dimensions of a vector, a whole number ≥ 1. Default 100. */
  readonly vectorSize: number;
  /** The farthest context on each side of a centre, in tokens, ≥ 1. Default 5. */
  readonly window: number;
  /** Draw each centre's window uniformly from 1 … `window` (true) or always take the whole (false). Default true. */
  readonly shrinkWindows: boolean;
  /** Tokens that occur less often than this are left out. Default 5. */
  readonly minCount: number;
  /** The most tokens to keep: `minCount` is raised until they fit. Default: no limit. */
  readonly maxFinalVocab: number | undefined;
  /** Tokens more frequent than this share of the corpus are thinned out; 0 keeps all. Default 1e-3. */
  readonly sample: number;
  /** Negatives a centre; 0 for none (then `hs` must be on). Default 5. */
  readonly negative: number;
  /** Negatives are drawn in proportion to count^nsExponent; any finite number. Default 0.75. */
  readonly nsExponent: number;
  /** The learning rate at the start. Default 0.025. */
  readonly alpha: number;
  /** The learning rate at the end, reached linearly in words. Default 0.0001. */
  readonly minAlpha: number;
  /** CBOW: take the mean of the context (true) or its sum (false). Default true. */
  readonly cbowMean: boolean;
  /** Passes over the corpus. Default 5. */
  readonly epochs: number;
  /** A whole number; the same seed gives the same vectors at any number of threads. Default 1. */
  readonly seed: number;
  /** Threads to work with. Default: one for each processor. gensim's `workers`. */
  readonly threads: number;
  /**
   * `deterministic`: bit-identical vectors for a seed at any number of threads. `racy`: threads write to the shared
   * matrices without waiting for each other (Hogwild, Recht et al. 2011): faster, and never twice the same above one
   * thread. Default `deterministic`.
   */
  readonly workers: "deterministic" | "racy";
}

/** What each option is where it is not given: gensim's defaults. */
export const word2vecDefaults: Word2VecOptions = {
  sg: false,
  hs: false,
  vectorSize: 100,
  window: 5,
  shrinkWindows: true,
  minCount: 5,
  maxFinalVocab: undefined,
  sample: 1e-3,
  negative: 5,
  nsExponent: 0.75,
  alpha: 0.025,
  minAlpha: 0.0001,
  cbowMean: true,
  epochs: 5,
  seed: 1,
  threads: usableCores(),
  workers: "deterministic",
};

/** What each number may be, on its own. */
export const word2vecRanges = {
  vectorSize: wholeNumber(1, 65_536),
  window: wholeNumber(1, 10_000),
  minCount: wholeNumber(0),
  maxFinalVocab: wholeNumber(1),
  sample: numberWithin({ least: 0 }),
  negative: wholeNumber(0, 1000),
  nsExponent: numberWithin(),
  alpha: numberWithin({ above: 0 }),
  minAlpha: numberWithin({ least: 0 }),
  epochs: wholeNumber(1),
  seed: wholeNumber(0),
  threads: wholeNumber(1, 256),
} satisfies { [Name in keyof Word2VecOptions]?: ValueRange };

const names = Object.keys(word2vecDefaults) as (keyof Word2VecOptions)[];

/**
 * Fills in the defaults and checks every option. Switches may be given as 0 and 1, as gensim's are.
 *
 * @param others names that `given` may have beside those of `Word2VecOptions`
 * @param wording how messages name options; default: as in code
 * @throws SegueError (misuse) that names the option and what it may be; also for an option that does not exist
 */
export function resolveOptions(
  given: Partial<Word2VecOptions> = {},
  others: readonly string[] = [],
  { option }: Pick<Wording, "option"> = ofTracks,
): Word2VecOptions {
  requireNotGensims(given ?? {}, option);
  requireKnown(given, [...names, ...others]);
  const options = { ...word2vecDefaults };
  for (const key of names) {
    if (given[key] !== undefined) Object.assign(options, { [key]: given[key] });
  }
  for (const key of ["sg", "hs", "shrinkWindows", "cbowMean"] as const) {
    const value: unknown = options[key];
    if (value !== true && value !== false && value !== 0 && value !== 1)
      throw misuse(`${option(key)} must be true or false, got ${asWritten(value)}`);
    Object.assign(options, { [key]: Boolean(value) });
  }
  for (const [name, range] of Object.entries(word2vecRanges)) {
    const value = options[name as keyof typeof word2vecRanges];
    if (value !== undefined) requireWithin(range, option(name), value);
  }
  if (options.workers !== "deterministic" && options.workers !== "racy") {
    throw misuse(
      `${option("workers")} must be "deterministic" or "racy", got ${JSON.stringify(options.workers)}`,
      `The number of threads (gensim's workers) is ${option("threads")}.`,
    );
  }
  if (options.negative === 0 && !options.hs) {
    throw misuse(
      `${option("negative")} is 0 and ${option("hs")} is off: nothing would be learnt`,
      `Set ${option("negative")} to 5, or turn ${option("hs")} on.`,
    );
  }
  if (options.minAlpha > options.alpha) {
    throw misuse(
      `${option("minAlpha")} (${options.minAlpha}) is above ${option("alpha")} (${options.alpha})`,
    );
  }
  return options;
}
