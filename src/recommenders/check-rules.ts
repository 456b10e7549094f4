/** What rules there are, and the check of rules before they are kept: one that is mistyped must not let through what it should keep out. */
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
  /** Leave out what the context holds. Default false. */
  readonly excludePlayed?: boolean;
  /** Ids to leave out ("not these"). */
  readonly exclude?: readonly string[];
  /** At most so many tracks of one artist, an integer ≥ 1. Tracks without an artist are not capped. */
  readonly perArtist?: number;
  /** Only tracks of these artists; upper and lower case alike, and accents however they are sent. */
  readonly artists?: readonly string[];
  /**
   * Only tracks that playlists with one of these words in the title carry ("jazz", "summer", "🎄"). Where the words of all titles have
   * more than some four million tracks together, each word has the foremost of its own, 500 at least.
   */
  readonly words?: readonly string[];
}

const ranges: Readonly<Record<keyof Rules, ValueRange>> = {
  excludePlayed: trueOrFalse,
  exclude: listOf("track ids"),
  perArtist: wholeNumber(1),
  artists: listOf("artists' names"),
  words: listOf("words"),
};
const known = Object.keys(ranges);

/**
 * Checks rules. One that is undefined counts as not given.
 *
 * @throws SegueError (misuse) that names a rule there is not, or a value that it cannot have
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
