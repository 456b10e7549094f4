/** The training options, with gensim's names (in camelCase) and defaults, and their validation. */
import {
  asWritten,
  misuse,
  numberWithin,
  requireKnown,
  requireWithin,
  usableCores,
  type ValueRange,
  wholeNumber,
} from "../../system/index.js";
import { requireNotGensims } from "./gensim-names.js";
import { ofTracks, type Wording } from "./wording.js";

export interface Word2VecOptions {
  /** Skip-gram (true) or CBOW (false). gensim's `sg`. Default false. */
  readonly sg: boolean;
  /** Hierarchical softmax. gensim's `hs`. Default false. */
  readonly hs: boolean;
  /** Dimensions of a vector, a whole number ≥ 1. Default 100. */
  readonly vectorSize: number;
  /** The largest distance between a centre and its context, in tokens, ≥ 1. Default 5. */
  readonly window: number;
  /** Draw each centre's window uniformly from 1 … `window` (true), or always use the full window (false). Default true. */
  readonly shrinkWindows: boolean;
  /** Tokens that occur less often than this are left out. Default 5. */
  readonly minCount: number;
  /** The most tokens to keep: `minCount` is raised until they fit. Default: no limit. */
  readonly maxFinalVocab: number | undefined;
  /** Tokens more frequent than this share of the corpus are downsampled; 0 keeps all. Default 1e-3. */
  readonly sample: number;
  /** Negatives per centre; 0 for none (then `hs` must be on). Default 5. */
  readonly negative: number;
  /** Negatives are drawn in proportion to count^nsExponent; any finite number. Default 0.75. */
  readonly nsExponent: number;
  /** The initial learning rate. Default 0.025. */
  readonly alpha: number;
  /** The final learning rate; it falls linearly with the words trained. Default 0.0001. */
  readonly minAlpha: number;
  /** CBOW: take the mean of the context (true) or its sum (false). Default true. */
  readonly cbowMean: boolean;
  /** Passes over the corpus. Default 5. */
  readonly epochs: number;
  /** An integer; the same seed gives the same vectors at any number of threads. Default 1. */
  readonly seed: number;
  /** Number of training threads. Default: one per core. gensim's `workers`. */
  readonly threads: number;
  /**
   * `deterministic`: bit-identical vectors for a seed at any number of threads. `racy`: threads write to the shared
   * matrices without synchronisation (Hogwild, Recht et al. 2011): faster, but not reproducible with more than one
   * thread. Default `deterministic`.
   */
  readonly workers: "deterministic" | "racy";
}

/** The defaults, which are gensim's. */
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

/** The valid range of each numeric option, taken by itself. */
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
 * Fills in the defaults and validates every option. Booleans may also be 0 or 1, as in gensim.
 *
 * @param others names that `given` may have in addition to those of `Word2VecOptions`
 * @param wording how messages name options; default: as in code
 * @throws SegueError (misuse) naming the option and its valid values; also if an option does not exist
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
