/** Turns playlists into queries for their last track, or for every track after the first. */
import { type Corpus, playlistCount, type Query, requireCorpus } from "../../corpus/index.js";
import { oneOf, requireOptions, trueOrFalse, type ValueRange } from "../../system/index.js";

/** A query, and what else is known about its answer. */
export interface Question extends Query {
  /** The tracks after `next`. If given, all metrics count them as relevant too. */
  readonly rest?: readonly string[];
  /** The playlist it was cut from. Questions from one playlist are not independent, so intervals resample whole playlists. */
  readonly playlist?: number;
}

export interface QuestionOptions {
  /**
   * "last" (the default): one question per playlist, for its last track. "every": one for each track after the first, as in
   * the benchmarks of session-based recommendation (every prefix of a session is a query).
   */
  readonly positions?: "last" | "every";
  /** Count all remaining tracks as relevant, not only the next one. Default false. */
  readonly remaining?: boolean;
}

export const questionRanges: Readonly<Record<keyof QuestionOptions, ValueRange>> = {
  positions: oneOf("last", "every"),
  remaining: trueOrFalse,
};

/**
 * Cuts playlists into questions; playlists of one track have none.
 *
 * @throws SegueError (misuse) if it is not a corpus, or an option is unknown or out of range
 */
export function questionsOf(playlists: Corpus, options: QuestionOptions = {}): Question[] {
  requireCorpus(playlists, "questionsOf");
  requireOptions(options, questionRanges, "questionsOf");
  const { positions = "last", remaining = false } = options;
  const questions: Question[] = [];
  for (let p = 0; p < playlistCount(playlists); p++) {
    const items = playlists.items.subarray(playlists.offsets[p]!, playlists.offsets[p + 1]!);
    const tracks = Array.from(items, (item) => playlists.tracks[item]!);
    const title = playlists.titles?.[p] || undefined;
    for (let at = positions === "last" ? tracks.length - 1 : 1; at > 0 && at < tracks.length; at++) {
      questions.push({
        context: tracks.slice(0, at),
        next: tracks[at]!,
        playlist: p,
        title,
        rest: remaining ? tracks.slice(at + 1) : undefined,
      });
    }
  }
  return questions;
}
