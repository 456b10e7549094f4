/** The output of `segue train` when it is done or stopped. */
import { peakRssMb, shellWord } from "../../system/index.js";
import type { TrainingResult } from "../../track2vec/index.js";
import { counted } from "../../workflow/terminal/text/format.js";

/** The figures as --json prints them. */
interface TrainingFigures {
  readonly vocabulary: number;
  readonly words: number;
  readonly seconds: number;
  readonly words_per_second: number;
  readonly loss_per_epoch: readonly number[];
  /** Only with a validation. */
  readonly hit_ratio_per_epoch?: readonly number[];
  readonly best_epoch?: number;
  /** Only with --resume: how many of the epochs the checkpoint had. */
  readonly resumed_epochs?: number;
  readonly peak_rss_mb: number;
}

export const figuresOf = (
  result: TrainingResult,
  { isValidated, isResumed }: { readonly isValidated: boolean; readonly isResumed: boolean },
): TrainingFigures => ({
  vocabulary: result.vectors.length,
  words: result.words,
  seconds: result.seconds,
  words_per_second: result.wordsPerSecond,
  loss_per_epoch: result.lossPerEpoch,
  hit_ratio_per_epoch: isValidated ? result.hitRatioPerEpoch : undefined,
  best_epoch: isValidated ? result.epoch : undefined,
  resumed_epochs: isResumed ? result.resumedEpochs : undefined,
  peak_rss_mb: peakRssMb(),
});

/** The figures for people. */
export function trainingText(
  figures: TrainingFigures,
  { threads, options, resumedEpochs }: TrainingResult,
  output: string,
): string {
  const { vocabulary, words, seconds, words_per_second, loss_per_epoch, peak_rss_mb } = figures;
  const { hit_ratio_per_epoch: ratios, best_epoch: best } = figures;
  const trained = loss_per_epoch.length - resumedEpochs;
  const epochs =
    resumedEpochs === 0 ? counted(trained, "epoch") : `${counted(trained, "epoch")} after ${resumedEpochs}`;
  const how = `${counted(threads, "thread")}, ${options.workers}`;
  const architecture = options.sg ? "skip-gram" : "CBOW";
  const lines = [
    `${vocabulary.toLocaleString("en")} track vectors by ${architecture} from ${words.toLocaleString("en")} plays: ${output}`,
    ...(trained === 0
      ? []
      : [
          `${epochs} in ${seconds.toFixed(1)} s, ${(words_per_second / 1e6).toFixed(2)} million plays per second (${how})`,
        ]),
    `loss ${loss_per_epoch[0]!.toFixed(4)} → ${loss_per_epoch.at(-1)!.toFixed(4)}, ${peak_rss_mb.toLocaleString("en")} MiB at most`,
  ];
  if (ratios && best)
    lines.push(
      ratios[best - 1] === 0
        ? `the validation had no hit in any epoch; the vectors are those of the last, ${best}`
        : `best on validation: epoch ${best}, hit ratio ${ratios[best - 1]!.toFixed(4)}`,
    );
  return lines.join("\n");
}

/** The message if the resumed checkpoint had nothing left to train. */
export function alreadyFinished(
  { resume, output }: { readonly resume: string; readonly output: string },
  { epochs, options }: TrainingResult,
): string {
  const why =
    epochs >= options.epochs
      ? `had all of its ${counted(epochs, "epoch")}`
      : `had ended early, after epoch ${epochs} of ${options.epochs}: its validation found no better one for --patience`;
  return (
    `${resume} ${why}; nothing was trained, and its vectors are written\n` +
    `  → to train on, start from them: --from ${shellWord(output)} instead of --resume, with --epochs for how many more`
  );
}

/** The message if the loss of every epoch is zero: there was no pair of tracks to learn from. */
export function nothingLearnt(sample: number): string {
  const why =
    sample > 0
      ? `no two plays of a playlist were left by --sample ${sample}: use --sample 0 for small data`
      : "no playlist has two plays of tracks that get vectors";
  return `nothing was learnt, the vectors did not change; ${why}`;
}

/** The hint after Ctrl-C: what is on disk, and how to use it. */
export function howToResume(
  { checkpoint, resume }: { readonly checkpoint?: string; readonly resume?: string },
  epochs: number,
): string {
  if (checkpoint !== undefined && epochs > 0)
    return `the same command with --resume ${checkpoint} goes on after epoch ${epochs}`;
  if (resume !== undefined) return `the same command goes on from ${resume} again`;
  if (checkpoint !== undefined) return "no epoch had ended, so there is no checkpoint yet";
  return "nothing is kept; with --checkpoint FILE the next training can be resumed";
}
