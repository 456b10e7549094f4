/** `segue train`: track vectors alone, from playlists to a file. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Corpus } from "../corpus/index.js";
import { wholeNumber } from "../system/index.js";
import type { EpochReport, Validation, VectorFormat } from "../track2vec/index.js";
// The room itself takes long to load: it waits until the verb runs.
import { word2vecRanges } from "../track2vec/options.js";
import { gensimOptions } from "./gensim-options.js";
import { interruptible } from "./interruptible.js";
import { numberOption } from "./number-option.js";
import { ofOption } from "./of-option.js";
import { addRawFileOptions, minTracksOption, type RawFileOptions, rawFileOptions } from "./raw-files.js";
import { terminalProgress } from "./terminal-progress.js";
import {
  alreadyFinished,
  howToResume,
  nothingLearnt,
  type TrainingFigures,
  trainingText,
} from "./training-text.js";

interface Options extends RawFileOptions {
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

export function registerTrain(program: Command): void {
  const command = program
    .command("train")
    .description("learn track vectors from playlists (word2vec, with gensim's options)")
    .requiredOption(
      "--input <files...>",
      "playlists: JSON lines of sequences, or any other form that segue run reads; files, globs or zip archives",
    )
    .requiredOption("-o, --output <file>", "where the vectors go")
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
      numberOption("--negative <n>", "negatives a track; 0: none", word2vecRanges.negative).default(5),
    )
    .addOption(
      numberOption("--ns-exponent <x>", "negatives are drawn by count^x", word2vecRanges.nsExponent).default(
        0.75,
      ),
    )
    .addOption(
      numberOption("--min-count <n>", "rarer tracks are left out", word2vecRanges.minCount).default(3),
    )
    .addOption(minTracksOption())
    .addOption(numberOption("--max-final-vocab <n>", "the most tracks to keep", word2vecRanges.maxFinalVocab))
    .addOption(numberOption("--epochs <n>", "passes over the playlists", word2vecRanges.epochs).default(30))
    .addOption(
      numberOption(
        "--sample <x>",
        "thin out tracks more frequent than this share; 0: none",
        word2vecRanges.sample,
      ).default(1e-3),
    )
    .addOption(numberOption("--alpha <x>", "learning rate at the start", word2vecRanges.alpha).default(0.025))
    .addOption(
      numberOption("--min-alpha <x>", "learning rate at the end", word2vecRanges.minAlpha).default(0.0001),
    )
    .addOption(flag("--cbow-mean [0|1]", "mean (1) or sum (0) of the context", true))
    .option("--no-cbow-mean", "sum of the context")
    .addOption(
      numberOption(
        "--threads <n>",
        "threads to work with (default: one a processor)",
        word2vecRanges.threads,
      ),
    )
    .addOption(
      new Option("--workers <mode>", "deterministic: the same vectors at any number of threads; racy: faster")
        .choices(["deterministic", "racy"])
        // Refused with all other settings: gensim's workers are another option here.
        .argParser((text: string) => text)
        .default("deterministic"),
    )
    .addOption(
      numberOption("--seed <n>", "the same seed gives the same vectors", word2vecRanges.seed).default(1),
    )
    .option(
      "--validation <file|share>",
      "judge each epoch, keep the best: queries as JSON lines, or the share of playlists to hold back",
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
        "with --validation: end after so many epochs without a better one",
        wholeNumber(1),
      ).default(3),
    )
    .option("--checkpoint <file>", "written after each epoch, to resume from")
    .option("--resume <file>", "go on from a checkpoint, with the same playlists and options")
    .option("--from <file>", "train on with these vectors: new tracks join them")
    .option("--json", "print one JSON object");
  for (const option of gensimOptions(wording.option)) command.addOption(option);
  addRawFileOptions(command)
    .addHelpText(
      "after",
      `
A line of sequences:      {"playlist_id": "p1", "tracks": ["Artist-Track", …]}
A line of --validation:   {"context": ["Artist-Track", …], "next": "Artist-Track"}
Raw files are cleaned as the intermediate and primary flows do; what is left out is said.

Examples:
  segue train --input playlists.jsonl.gz --sg 1 --epochs 30 --output vectors.bin --json
  segue train --input playlists.csv --validation 0.1 --checkpoint half.safetensors --output vectors.safetensors
  segue train --input mine.csv --columns artist=performer,track=song,playlist=list --output vectors.bin
  segue train --input news.jsonl --from vectors.safetensors --output vectors2.safetensors`,
    )
    .action(train);
}

async function train(options: Options, command: Command): Promise<void> {
  const { checkWord2VecOptions, loadVectors, saveVectors, startThreads, trainTrack2Vec } = await import(
    "../track2vec/index.js"
  );
  const { misuse, peakRssMb } = await import("../system/index.js");
  for (const name of ["validationK", "patience"])
    if (options.validation === undefined && command.getOptionValueSource(name) === "cli")
      throw misuse(`${wording.option(name)} without --validation would change nothing`, howToValidate);
  // Before an hour of training, not after it.
  const format = await checkedFormat(options);
  const inputs = await checkedInputs(options);
  const { sg, hs, cbowMean, shrinkWindows, window, negative, nsExponent, minCount, maxFinalVocab } = options;
  const { vectorSize, epochs: most, sample, alpha, minAlpha, threads, workers, seed } = options;
  const settings = {
    ...{ sg, hs, cbowMean, shrinkWindows, window, negative, nsExponent, minCount, maxFinalVocab },
    ...{ vectorSize, epochs: most, sample, alpha, minAlpha, threads, workers, seed },
  };
  checkWord2VecOptions(settings, [], wording);
  startThreads(threads);
  const { progress, clear, tell } = terminalProgress();
  let ended = 0;
  const work = async (signal: AbortSignal) => {
    const from =
      options.from === undefined ? undefined : await ofOption("--from", () => loadVectors(options.from!));
    const { readPlaylists } = await import("./read-playlists.js");
    const { minTracks } = options;
    const reading = { progress, signal, tell, minTracks, ...rawFileOptions(options) };
    // Not held by a name: what is put aside would be in memory twice.
    const { trained, validation } = await validationOf(await readPlaylists(inputs, reading), options, signal);
    const result = await trainTrack2Vec(trained, {
      ...settings,
      vectorSize: vectorSize ?? from?.size ?? 48,
      ...(from && { from }),
      ...(validation && { validation }),
      // Heard of only where somebody asks, since threads wait at the end of each epoch for who listens.
      ...(options.checkpoint && {
        checkpoint: options.checkpoint,
        onEpoch: ({ epoch }: EpochReport) => {
          ended = epoch;
          return undefined;
        },
      }),
      ...(options.resume && { resume: options.resume }),
      progress,
      signal,
      wording,
    });
    await saveVectors(result.vectors, options.output, format);
    clear();
    const { resume, output } = options;
    if (resume !== undefined && result.epochs === result.resumedEpochs)
      tell(alreadyFinished({ resume, output }, result));
    if (result.lossPerEpoch.every((loss) => loss === 0)) tell(nothingLearnt(sample));
    const figures: TrainingFigures = {
      vocabulary: result.vectors.length,
      words: result.words,
      seconds: result.seconds,
      words_per_second: result.wordsPerSecond,
      loss_per_epoch: result.lossPerEpoch,
      ...(validation && { hit_ratio_per_epoch: result.hitRatioPerEpoch, best_epoch: result.epoch }),
      ...(resume !== undefined && { resumed_epochs: result.resumedEpochs }),
      peak_rss_mb: peakRssMb(),
    };
    if (options.json) console.log(JSON.stringify(figures));
    else console.log(trainingText(figures, result, options.output));
  };
  await interruptible(
    (signal) => work(signal).finally(clear),
    () => howToResume(options, ended),
  );
}

/** What epochs are judged by, if by anything, and the playlists that are left to train on. */
async function validationOf(
  corpus: Corpus,
  { validation: told, validationK: k, patience, seed }: Options,
  signal: AbortSignal,
): Promise<{ trained: Corpus; validation?: Validation }> {
  if (told === undefined) return { trained: corpus };
  const share = Number(told);
  if (Number.isNaN(share)) {
    const { readQueries } = await import("../corpus/index.js");
    const queries = await ofOption("--validation", () => readQueries(told, { signal }));
    return { trained: corpus, validation: { k, patience, queries } };
  }
  const { misuse } = await import("../system/index.js");
  if (!(share > 0 && share < 1))
    throw misuse(`--validation ${told} is no share between 0 and 1`, howToValidate);
  const { holdBack } = await import("../track2vec/index.js");
  const { rest, queries } = holdBack(corpus, share, seed);
  return { trained: rest, validation: { k, patience, queries } };
}

const howToValidate = "--validation 0.1 holds every tenth playlist back; or name a file of queries.";

/** Messages name options as they were typed. */
const wording = {
  option: (name: string): string =>
    name === "validation.k"
      ? "--validation-k"
      : `--${name.replace("validation.", "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
};

async function checkedFormat({ format: named, output, from, checkpoint }: Options): Promise<VectorFormat> {
  const { formatOf, vectorFormats } = await import("../track2vec/index.js");
  const { checkOutput, misuse } = await import("../system/index.js");
  const known = `there are: ${vectorFormats.join(", ")}`;
  const format = named ?? formatOf(output);
  if (format === undefined)
    throw misuse(`--output: cannot tell the format of ${output}`, `Name one with --format; ${known}.`);
  const found = vectorFormats.find((each) => each === format);
  if (found === undefined) throw misuse(`there is no vector format "${format}"`, known);
  if (from !== undefined && formatOf(from) === undefined)
    throw misuse(
      `--from: cannot tell the format of ${from}`,
      "Its name should end in .bin, .txt, .parquet or .safetensors.",
    );
  await ofOption("--output", () => checkOutput(output));
  if (checkpoint !== undefined) await ofOption("--checkpoint", () => checkOutput(checkpoint));
  return found;
}

/** The files to read, none of which is to be written; but vectors may take the place of those they began with. */
async function checkedInputs(options: Options): Promise<string[]> {
  const { input, validation, resume, from, output, checkpoint } = options;
  const { resolve } = await import("node:path");
  const { misuse } = await import("../system/index.js");
  const { pathsOf } = await import("./paths-of.js");
  const { requireApart } = await import("./output-apart.js");
  if (checkpoint !== undefined && resolve(checkpoint) === resolve(output))
    throw misuse(
      `--output ${output} would be written over the checkpoint`,
      "Name another file for one of the two.",
    );
  const paths = await ofOption("--input", () => pathsOf(input, { pipes: true }));
  // Before the playlists are read, which takes long; vectors are read at once.
  if (resume !== undefined) await ofOption("--resume", () => requireReadable(resume));
  if (validation !== undefined && Number.isNaN(Number(validation)))
    await ofOption("--validation", () => requireReadable(validation));
  const read = (...others: (string | undefined)[]) =>
    [...paths, validation, ...others].filter((path) => path !== undefined);
  await requireApart(output, "--output", read(resume));
  // Which could never be resumed from: what it began with would be gone.
  if (checkpoint !== undefined) await requireApart(checkpoint, "--checkpoint", read(from));
  return paths;
}

/** @throws where it cannot be opened, or is a folder */
async function requireReadable(path: string): Promise<void> {
  const { access, constants, stat } = await import("node:fs/promises");
  const { misuse } = await import("../system/index.js");
  if ((await stat(path)).isDirectory()) throw misuse(`${path} is a folder`, "Name a file.");
  await access(path, constants.R_OK);
}

function flag(flags: string, description: string, value: boolean): Option {
  return new Option(flags, description)
    .argParser((text: string) => {
      if (text !== "0" && text !== "1") throw new InvalidArgumentError("It should be 0 or 1.");
      return text === "1";
    })
    .preset("1")
    .default(value, value ? "1" : "0");
}
