/** Splits playlists into a training part and questions about the rest. */
import { createHash } from "node:crypto";
import { type Corpus, partOf, playlistCount, requireCorpus } from "../../corpus/index.js";
import { misuse, numberWithin, requireOptions, seeds, type ValueRange } from "../../system/index.js";
import { type Question, type QuestionOptions, questionRanges, questionsOf } from "./questions.js";

export interface HoldOutOptions extends QuestionOptions {
  /** The approximate share of playlists to hold out, in (0, 1). Default 0.2. */
  readonly share?: number;
  /** Seed of the choice. Default 1. */
  readonly seed?: number;
}

export interface HoldOut {
  /** The playlists to fit on, as a separate corpus, without the tracks that are only in held-out playlists. */
  readonly train: Corpus;
  /** Questions about the held-out playlists; `playlist` is the number among these. */
  readonly questions: readonly Question[];
  /** The number of held-out playlists. */
  readonly heldOut: number;
}

const ranges: Readonly<Record<keyof HoldOutOptions, ValueRange>> = {
  share: numberWithin({ above: 0, below: 1 }),
  seed: seeds,
  ...questionRanges,
};

/**
 * Chooses by a hash of each playlist's id (or number, if it has none), as the split of the flows does: a playlist stays on its
 * side when others are added or removed. Playlists of fewer than two tracks have nothing to ask for, and are used for training.
 *
 * @throws SegueError (misuse) if an option is unknown or out of range, no playlist has two tracks, or either part would be empty
 */
export function holdOut(playlists: Corpus, options: HoldOutOptions = {}): HoldOut {
  requireCorpus(playlists, "holdOut");
  requireOptions(options, ranges, "holdOut");
  const { share = 0.2, seed = 1, ...how } = options;
  const { offsets, playlistIds } = playlists;
  const count = playlistCount(playlists);
  const canBeAsked = (p: number) => offsets[p + 1]! - offsets[p]! >= 2;
  if (!Array.from({ length: count }, (_, p) => p).some(canBeAsked))
    throw misuse(
      `none of ${count} playlists holds two tracks, so there is no last track to ask for`,
      "playlists need two tracks or more: check which column names the playlist",
    );
  const isOut = Array.from({ length: count }, (_, p) => {
    if (!canBeAsked(p)) return false;
    const hash = createHash("md5")
      .update(`${seed}:${playlistIds?.[p] || p}`)
      .digest();
    return hash.readUInt32LE(0) / 2 ** 32 < share;
  });
  const heldOut = isOut.filter(Boolean).length;
  if (heldOut === 0 || heldOut === count)
    throw misuse(
      `holding out ${share} of ${count} ${count === 1 ? "playlist" : "playlists"} leaves none to ${heldOut === 0 ? "ask about" : "fit on"}`,
      "use a few dozen playlists or more, or another share or seed",
    );
  const asked = partOf(playlists, (p) => isOut[p]!);
  return { train: partOf(playlists, (p) => !isOut[p]!), questions: questionsOf(asked, how), heldOut };
}
