/** Defines and checks rules: a mistyped rule must not silently let through what it should exclude. */
import {
  asWritten,
  closest,
  listOf,
  misuse,
  requireWithin,
  trueOrFalse,
  type ValueRange,
  wholeNumber,
} from "../system/index.js";

export interface Rules {
  /** Leave out the tracks of the context. Default false. */
  readonly excludePlayed?: boolean;
  /** Ids to leave out. */
  readonly exclude?: readonly string[];
  /**
   * The maximum number of tracks by one artist, an integer ≥ 1. Tracks without an artist are not capped. Case and guests do not
   * matter: "DRAKE feat. Rihanna" is Drake.
   */
  readonly perArtist?: number;
  /**
   * Artist separation, as radio has it: at least this many other tracks between two by one artist, told apart as for `perArtist`.
   * An integer ≥ 0, 0 (the default) for none.
   *
   * A ranking leaves out the artists of the context's last tracks, this many, since any of its tracks may play next. A list from
   * `extendPlaylist` keeps them apart throughout, and from the context. An unknown track's artist is read from its id. Tracks
   * without an artist are never left out.
   */
  readonly artistSeparation?: number;
  /** Only tracks by these artists; case and the Unicode form of accents do not matter. */
  readonly artists?: readonly string[];
  /**
   * Only tracks from playlists with one of these words in the title ("jazz", "summer", "🎄"). If the words of all titles have more
   * than about four million tracks in total, each word keeps only its most frequent ones, at least 500.
   */
  readonly words?: readonly string[];
}

const ranges: Readonly<Record<keyof Rules, ValueRange>> = {
  excludePlayed: trueOrFalse,
  exclude: listOf("track ids"),
  perArtist: wholeNumber(1),
  artistSeparation: wholeNumber(0),
  artists: listOf("artists' names"),
  words: listOf("words"),
};
const known = Object.keys(ranges);

/**
 * Checks rules; undefined ones count as not given.
 *
 * @throws SegueError (misuse) that names the unknown rule or the invalid value
 */
export function checkRules(rules: Rules): void {
  if (typeof rules !== "object" || rules === null || Array.isArray(rules))
    throw misuse(`rules must be an object, got ${asWritten(rules)}`, `Rules are: ${known.join(", ")}.`);
  for (const [name, value] of Object.entries(rules)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(ranges, name)) {
      const near = closest(name, known);
      throw misuse(
        `there is no rule "${name}"`,
        `${near === undefined ? "" : `Did you mean ${near}? `}Rules are: ${known.join(", ")}.`,
      );
    }
    requireWithin(ranges[name as keyof Rules], name, value);
  }
}
