/** The options of `segue train`: word2vec's, and what is read and written. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { wholeNumber } from "../../system/index.js";
// Not through the room's door, which is slow to load.
import { word2vecRanges } from "../../track2vec/options/options.js";
import { numberOption } from "../options/number-option.js";
import { addOtherNames } from "../options/other-names.js";
import { addRawFileOptions, minTracksOption, type RawFileOptions } from "../playlists/raw-files.js";
import { insteadOfGensims } from "./gensim-options.js";

export interface TrainFlags extends RawFileOptions {
  readonly input: readonly string[];
  readonly output: string;
  readonly format?: string;
  readonly sg: boolean;
  readonly hs: boolean;
  readonly vectorSize?: number;
  readonly window: number;
  readonly shrinkWindows: boolean;
  readonly negative: number;
  readonly nsExponent: number;
  readonly minCount: number;
  readonly minTracks?: number;
  readonly maxFinalVocab?: number;
  readonly epochs: number;
  readonly sample: number;
  readonly alpha: number;
  readonly minAlpha: number;
  readonly cbowMean: boolean;
  readonly threads?: number;
  readonly workers: "deterministic" | "racy";
  readonly seed: number;
  readonly validation?: string;
  readonly validationK: number;
  readonly patience: number;
  readonly checkpoint?: string;
  readonly resume?: string;
  readonly from?: string;
  readonly json?: boolean;
}

export function addTrainOptions(command: Command): Command {
  command
    .requiredOption(
      "--input <files...>",
      "playlists: JSON lines of sequences, or any other form that segue run reads; files, globs or zip archives",
    )
    .requiredOption("-o, --output <file>", "the file for the vectors")
    .option(
      "--format <name>",
      "word2vec-binary, word2vec-text, parquet or safetensors (default: by the name)",
    )
    .addOption(flag("--sg [0|1]", "skip-gram (1) or CBOW (0)", false))
    .addOption(flag("--hs [0|1]", "hierarchical softmax", false))
    .addOption(
      numberOption(
        "--vector-size <n>",
        "dimensions (default: 48, or those of --from)",
        word2vecRanges.vectorSize,
      ),
    )
    .addOption(
      numberOption("--window <n>", "farthest context on each side", word2vecRanges.window).default(10),
    )
    .addOption(flag("--shrink-windows [0|1]", "draw each window from 1 … window", true))
    .option("--no-shrink-windows", "always take the whole window")
    .addOption(
      numberOption("--negative <n>", "negatives per track; 0: none", word2vecRanges.negative).default(5),
    )
    .addOption(
      numberOption("--ns-exponent <x>", "negatives are drawn by count^x", word2vecRanges.nsExponent).default(
        0.75,
      ),
    )
    .addOption(numberOption("--min-count <n>", "leave out rarer tracks", word2vecRanges.minCount).default(3))
    .addOption(minTracksOption())
    .addOption(
      numberOption("--max-final-vocab <n>", "maximum number of tracks to keep", word2vecRanges.maxFinalVocab),
    )
    .addOption(numberOption("--epochs <n>", "passes over the playlists", word2vecRanges.epochs).default(30))
    .addOption(
      numberOption(
        "--sample <x>",
        "downsample tracks more frequent than this share; 0: none",
        word2vecRanges.sample,
      ).default(1e-3),
    )
    .addOption(numberOption("--alpha <x>", "initial learning rate", word2vecRanges.alpha).default(0.025))
    .addOption(
      numberOption("--min-alpha <x>", "final learning rate", word2vecRanges.minAlpha).default(0.0001),
    )
    .addOption(flag("--cbow-mean [0|1]", "mean (1) or sum (0) of the context", true))
    .option("--no-cbow-mean", "sum of the context")
    .addOption(
      numberOption(
        "--threads <n>",
        "threads to work with (default: one per processor)",
        word2vecRanges.threads,
      ),
    )
    .addOption(
      new Option("--workers <mode>", "deterministic: the same vectors at any number of threads; racy: faster")
        .choices(["deterministic", "racy"])
        // Validated with all other settings, whose message explains that gensim's `workers` is another option here.
        .argParser((text: string) => text)
        .default("deterministic"),
    )
    .addOption(
      numberOption("--seed <n>", "the same seed gives the same vectors", word2vecRanges.seed).default(1),
    )
    .option(
      "--validation <file|share>",
      "evaluate each epoch, keep the best: queries as JSON lines, or the share of playlists to hold out",
    )
    .addOption(
      numberOption(
        "--validation-k <n>",
        "how many nearest tracks count as an answer",
        wholeNumber(1),
      ).default(100),
    )
    .addOption(
      numberOption(
        "--patience <n>",
        "with --validation: stop after this many epochs without improvement",
        wholeNumber(1),
      ).default(3),
    )
    .option("--checkpoint <file>", "save after each epoch, to resume from")
    .option("--resume <file>", "resume from a checkpoint, with the same playlists and options")
    .option("--from <file>", "train on from these vectors: new tracks are added")
    .option("--json", "print one JSON object");
  return addOtherNames(addRawFileOptions(command), {
    ...insteadOfGensims(wording.option),
    train: "Playlists are --input.",
    playlists: "Playlists are --input.",
  });
}

/** The options that are word2vec's own. */
export function settingsOf(flags: TrainFlags) {
  const { sg, hs, cbowMean, shrinkWindows, window, negative, nsExponent, minCount, maxFinalVocab } = flags;
  const { vectorSize, epochs, sample, alpha, minAlpha, threads, workers, seed } = flags;
  return {
    ...{ sg, hs, cbowMean, shrinkWindows, window, negative, nsExponent, minCount, maxFinalVocab },
    ...{ vectorSize, epochs, sample, alpha, minAlpha, threads, workers, seed },
  };
}

/** Messages name options as typed. */
export const wording = {
  option: (name: string): string =>
    name === "validation.k"
      ? "--validation-k"
      : `--${name.replace("validation.", "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
};

function flag(flags: string, description: string, value: boolean): Option {
  return new Option(flags, description)
    .argParser((text: string) => {
      if (text !== "0" && text !== "1") throw new InvalidArgumentError("It should be 0 or 1.");
      return text === "1";
    })
    .preset("1")
    .default(value, value ? "1" : "0");
}
