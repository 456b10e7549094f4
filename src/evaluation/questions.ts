/** Queries made from playlists whose end is known: the last track, or every track after the first. */
import { type Corpus, playlistCount, type Query, requireCorpus } from "../corpus/index.js";
import { oneOf, requireOptions, trueOrFalse, type ValueRange } from "../system/index.js";

/** A query, and what else is known about its answer. */
export interface Question extends Query {
  /** The tracks that played after `next`: with them, recall, NDCG and MAP count every remaining track as relevant. */
  readonly rest?: readonly string[];
  /** The playlist it was cut from. Questions of one playlist resemble each other, so intervals resample whole playlists. */
  readonly playlist?: number;
}

export interface QuestionOptions {
  /**
   * "last" (the default): one question a playlist, all but the last track → the last one. "every": one for each track
   * after the first, as in the benchmarks of session-based recommendation (every prefix of a session is a query).
   */
  readonly positions?: "last" | "every";
  /** Count all remaining tracks as relevant, not the next one alone. Default false. */
  readonly remaining?: boolean;
}

export const questionRanges: Readonly<Record<keyof QuestionOptions, ValueRange>> = {
  positions: oneOf("last", "every"),
  remaining: trueOrFalse,
};

/**
 * Cuts playlists into questions; playlists of one track have none.
 *
 * @throws SegueError (misuse) where it is no corpus, or for an option that there is not or that is out of its range
 */
export function questionsOf(playlists: Corpus, options: QuestionOptions = {}): Question[] {
  requireCorpus(playlists, "questionsOf");
  requireOptions(options, questionRanges, "questionsOf");
  const { positions = "last", remaining = false } = options;
  const questions: Question[] = [];
  for (let p = 0; p < playlistCount(playlists); p++) {
    const items = playlists.items.subarray(playlists.offsets[p]!, playlists.offsets[p + 1]!);
    const tracks = Array.from(items, (item) => playlists.tracks[item]!);
    const title = playlists.titles?.[p];
    for (let at = positions === "last" ? tracks.length - 1 : 1; at > 0 && at < tracks.length; at++) {
      questions.push({
        context: tracks.slice(0, at),
        next: tracks[at]!,
        playlist: p,
        ...(title ? { title } : {}),
        ...(remaining ? { rest: tracks.slice(at + 1) } : {}),
      });
    }
  }
  return questions;
}
