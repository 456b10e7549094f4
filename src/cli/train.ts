/** `segue train`: track vectors alone, from playlists to a file. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { TrainOptions, VectorFormat } from "../track2vec/index.js";
import { terminalProgress } from "./terminal-progress.js";

interface Options {
  readonly input: readonly string[];
  readonly sg: number;
  readonly hs: number;
  readonly vectorSize: number;
  readonly window: number;
  readonly negative: number;
  readonly nsExponent: number;
  readonly minCount: number;
  readonly maxFinalVocab?: number;
  readonly epochs: number;
  readonly sample: number;
  readonly alpha: number;
  readonly minAlpha: number;
  readonly cbowMean: number;
  readonly shrinkWindows: number;
  readonly threads?: number;
  readonly workers: "deterministic" | "racy";
  readonly seed: number;
  readonly output: string;
  readonly format?: VectorFormat;
  readonly json?: boolean;
}

export function registerTrain(program: Command): void {
  program
    .command("train")
    .description("learn track vectors from playlists (word2vec, with gensim's options)")
    .requiredOption(
      "--input <files...>",
      "playlists: JSON lines of sequences, or raw files (CSV, MPD slices)",
    )
    .requiredOption("--output <file>", "where the vectors go")
    .option(
      "--format <name>",
      "word2vec-binary, word2vec-text, parquet or safetensors (default: by the name)",
    )
    .addOption(flag("--sg <0|1>", "skip-gram (1) or CBOW (0)", 0))
    .addOption(flag("--hs <0|1>", "hierarchical softmax", 0))
    .option("--vector-size <n>", "dimensions", number, 48)
    .option("--window <n>", "farthest context on each side", number, 10)
    .addOption(flag("--shrink-windows <0|1>", "draw each window from 1 … window", 1))
    .option("--negative <n>", "negatives a track; 0: none", number, 5)
    .option("--ns-exponent <x>", "negatives are drawn by count^x", number, 0.75)
    .option("--min-count <n>", "rarer tracks are left out", number, 3)
    .option("--max-final-vocab <n>", "the most tracks to keep", number)
    .option("--epochs <n>", "passes over the playlists", number, 30)
    .option("--sample <x>", "thin out tracks more frequent than this share; 0: none", number, 1e-3)
    .option("--alpha <x>", "learning rate at the start", number, 0.025)
    .option("--min-alpha <x>", "learning rate at the end", number, 0.0001)
    .addOption(flag("--cbow-mean <0|1>", "mean (1) or sum (0) of the context", 1))
    .option("--threads <n>", "threads to work with (default: one a processor)", number)
    .addOption(
      new Option("--workers <mode>", "deterministic: the same vectors at any number of threads; racy: faster")
        .choices(["deterministic", "racy"])
        .default("deterministic"),
    )
    .option("--seed <n>", "the same seed gives the same vectors", number, 1)
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
A line of sequences:  {"playlist_id": "p1", "tracks": ["Artist-Track", …]}
Raw files are cleaned as the intermediate and primary flows do; playlists of fewer than 3 tracks are dropped.

Example:
  segue train --input playlists.jsonl.gz --sg 1 --epochs 30 --output vectors.bin --json`,
    )
    .action(train);
}

async function train(options: Options): Promise<void> {
  const { formatOf, saveVectors, trainTrack2Vec, vectorFormats } = await import("../track2vec/index.js");
  const { misuse, peakRssMb } = await import("../system/index.js");
  // Before an hour of training, not after it.
  const format = options.format ?? formatOf(options.output);
  if (!format)
    throw misuse(`cannot tell the format of ${options.output}`, `Name one: --format ${vectorFormats[0]}`);
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  process.once("SIGINT", onInterrupt);
  const { progress, clear } = terminalProgress();
  try {
    const { readPlaylists } = await import("./read-playlists.js");
    const corpus = await readPlaylists(options.input, { progress, signal: interrupt.signal });
    const result = await trainTrack2Vec(corpus, {
      ...trainingOptions(options),
      progress,
      signal: interrupt.signal,
    });
    await saveVectors(result.vectors, options.output, format);
    clear();
    const figures = {
      vocabulary: result.vectors.length,
      words: result.words,
      seconds: result.seconds,
      words_per_second: result.wordsPerSecond,
      loss_per_epoch: result.lossPerEpoch,
      peak_rss_mb: peakRssMb(),
      threads: result.threads,
      workers: result.options.workers,
      architecture: result.options.sg ? "skip-gram" : "CBOW",
    };
    if (options.json) console.log(JSON.stringify(figures));
    else printText(figures, options.output);
  } finally {
    clear();
    process.off("SIGINT", onInterrupt);
  }
}

function trainingOptions(options: Options): TrainOptions {
  const { sg, hs, cbowMean, shrinkWindows, vectorSize, window, negative, nsExponent, minCount } = options;
  const { maxFinalVocab, epochs, sample, alpha, minAlpha, threads, workers, seed } = options;
  return {
    ...{ sg: sg === 1, hs: hs === 1, cbowMean: cbowMean === 1, shrinkWindows: shrinkWindows === 1 },
    ...{ vectorSize, window, negative, nsExponent, minCount, maxFinalVocab },
    ...{ epochs, sample, alpha, minAlpha, threads, workers, seed },
  };
}

interface Figures {
  readonly vocabulary: number;
  readonly words: number;
  readonly seconds: number;
  readonly words_per_second: number;
  readonly loss_per_epoch: readonly number[];
  readonly peak_rss_mb: number;
  readonly threads: number;
  readonly workers: string;
  readonly architecture: string;
}

function printText(figures: Figures, output: string): void {
  const { vocabulary, words, seconds, words_per_second, loss_per_epoch, peak_rss_mb } = figures;
  const threads = `${figures.threads} ${figures.threads === 1 ? "thread" : "threads"}, ${figures.workers}`;
  console.log(
    [
      `${vocabulary.toLocaleString("en")} track vectors by ${figures.architecture} from ${words.toLocaleString("en")} plays: ${output}`,
      `${loss_per_epoch.length} epochs in ${seconds.toFixed(1)} s, ${(words_per_second / 1e6).toFixed(2)} million plays a second (${threads})`,
      `loss ${loss_per_epoch[0]!.toFixed(4)} → ${loss_per_epoch.at(-1)!.toFixed(4)}, ${peak_rss_mb.toLocaleString("en")} MiB at most`,
    ].join("\n"),
  );
}

function flag(flags: string, description: string, value: 0 | 1): Option {
  return new Option(flags, description)
    .argParser((text: string) => {
      if (text !== "0" && text !== "1") throw new InvalidArgumentError("It should be 0 or 1.");
      return Number(text);
    })
    .default(value);
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It should be a number.");
  return value;
}
