/** Some playlists kept from training, to be asked about: for who has playlists, and no questions made of them. */
import { createHash } from "node:crypto";
import { type Corpus, partOf, playlistCount, requireCorpus } from "../corpus/index.js";
import { misuse, numberWithin, requireOptions, seeds, type ValueRange } from "../system/index.js";
import { type Question, type QuestionOptions, questionRanges, questionsOf } from "./questions.js";

export interface HoldOutOptions extends QuestionOptions {
  /** About which share of the playlists is held out, in (0, 1); default 0.2. */
  readonly share?: number;
  /** Chooses which; default 1. */
  readonly seed?: number;
}

export interface HoldOut {
  /** The playlists to fit on, as a corpus of their own: it holds no track that the others alone have. */
  readonly train: Corpus;
  /** What is asked of the others: `playlist` is the number among them. */
  readonly questions: readonly Question[];
  /** How many playlists are asked about. */
  readonly heldOut: number;
}

const ranges: Readonly<Record<keyof HoldOutOptions, ValueRange>> = {
  share: numberWithin({ above: 0, below: 1 }),
  seed: seeds,
  ...questionRanges,
};

/**
 * Chooses by a hash of each playlist's id (of its number where there is none), as the split of the flows does: a playlist stays on its
 * side when others come or go. Playlists of fewer than two tracks have nothing to ask, and are trained on.
 *
 * @throws SegueError (misuse) where `share` is out of range, an option that there is not, no playlist holds two tracks, or
 *   either side would be empty
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
      "it takes playlists of several tracks: check which column names the playlist",
    );
  const isOut = Array.from({ length: count }, (_, p) => {
    if (!canBeAsked(p)) return false;
    const hash = createHash("md5")
      .update(`${seed}:${playlistIds?.[p] ?? p}`)
      .digest();
    return hash.readUInt32LE(0) / 2 ** 32 < share;
  });
  const heldOut = isOut.filter(Boolean).length;
  if (heldOut === 0 || heldOut === count)
    throw misuse(
      `holding out ${share} of ${count} ${count === 1 ? "playlist" : "playlists"} leaves none to ${heldOut === 0 ? "ask about" : "fit on"}`,
      "it takes some dozens of playlists, or another share or seed",
    );
  const asked = partOf(playlists, (p) => isOut[p]!);
  return { train: partOf(playlists, (p) => !isOut[p]!), questions: questionsOf(asked, how), heldOut };
}
