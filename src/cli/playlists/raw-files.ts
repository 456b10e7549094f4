/** How to read raw files: the options of every verb that takes playlists of any form, as in `segue run`. */
import { type Command, Option } from "commander";
// Not through the room's door, which is slow to load.
import {
  type DayOrder,
  dayOrders,
  type EscapeStyle,
  escapeStyles,
  type TextEncoding,
  textEncodings,
} from "../../playlists/clean/raw-file-choices.js";
import { misuse, wholeNumber } from "../../system/index.js";
import { numberOption } from "../options/number-option.js";

export interface RawFileOptions {
  /** The columns to read: "artist=performer,track=song,playlist=list,user_id=owner,time=played_at". */
  readonly columns?: string;
  readonly encoding: TextEncoding;
  /** How CSV writes a quote within quotes; "auto" infers it from the columns. */
  readonly escape: "auto" | EscapeStyle;
  /** A pause of more minutes than this starts a new playlist; 0: never. */
  readonly sessionGap: number;
  /** With a gap, a new playlist also starts at each multiple of this many minutes; 0: never. */
  readonly sessionLength: number;
  /** Which number of a date such as 01/02/2024 is the day; "auto" infers it from the other dates. */
  readonly dates: "auto" | DayOrder;
  /** Artists whose plays are left out; "@radio.txt": those listed in that file. */
  readonly leaveOut: readonly string[];
  /** Whether "Song - Radio Edit" counts as "Song", and names that differ only in case as the most played one. */
  readonly mergeVersions?: boolean;
  readonly mergeCapitals?: boolean;
}

/** Picks these options from those of a verb. */
export function rawFileOptions({
  columns,
  encoding,
  escape: style,
  sessionGap,
  sessionLength,
  dates,
  leaveOut,
  mergeVersions = false,
  mergeCapitals = false,
}: RawFileOptions): RawFileOptions {
  return {
    ...{ columns, encoding, escape: style, sessionGap, sessionLength, dates, leaveOut },
    ...{ mergeVersions, mergeCapitals },
  };
}

/**
 * @param of what is read instead of raw files: "p.jsonl holds sequences"
 * @throws SegueError (misuse) if one of these options is given, since it would change nothing
 */
export function refuseRawFileOptions(
  {
    columns,
    encoding,
    escape: style,
    sessionGap = 0,
    sessionLength = 0,
    dates,
    leaveOut = [],
    mergeVersions = false,
    mergeCapitals = false,
    minTracks,
  }: Partial<RawFileOptions> & { readonly minTracks?: number },
  of: string,
): void {
  const given = [
    ["--columns", columns !== undefined],
    ["--encoding", encoding !== undefined && encoding !== "utf-8"],
    ["--escape", style !== undefined && style !== "auto"],
    ["--session-gap", sessionGap > 0],
    ["--session-length", sessionLength > 0],
    ["--dates", dates !== undefined && dates !== "auto"],
    ["--leave-out", leaveOut.length > 0],
    ["--merge-versions", mergeVersions],
    ["--merge-capitals", mergeCapitals],
    ["--min-tracks", minTracks !== undefined],
  ].find(([, isGiven]) => isGiven);
  if (given !== undefined) throw misuse(`${given[0]} is for raw files, and ${of}`, "leave it out");
}

/** --min-tracks, for verbs that let the user choose the shortest playlist. */
export function minTracksOption(): Option {
  const description = "raw files: leave out shorter playlists (default: 3)";
  // No default, to know whether it was given.
  return numberOption("--min-tracks <n>", description, wholeNumber(2));
}

/** --leave-out. Takes one name at a time, so that the name may have a comma and a file after it is not taken for another name. */
export function leaveOutOption(): Option {
  return new Option(
    "--leave-out <artist>",
    "raw files: leave out this artist's plays, such as advertisements; repeatable; @FILE: names in a file, one per line",
  )
    .argParser((name: string, before: readonly string[]) => [...before, name])
    .default([], "none");
}

/** Adds these options to a verb. */
export function addRawFileOptions(command: Command): Command {
  return command
    .option(
      "--columns <mapping>",
      'raw files: which columns hold what, "artist=performer,track=song,playlist=list,user_id=owner,time=played_at"',
    )
    .addOption(
      new Option("--encoding <name>", "raw files: their text encoding")
        .choices(textEncodings)
        .default("utf-8"),
    )
    .addOption(
      new Option(
        "--escape <style>",
        "raw files: how CSV writes a quote within quotes; none: quotes are literal",
      )
        .choices(["auto", ...escapeStyles])
        .default("auto"),
    )
    .addOption(
      numberOption(
        "--session-gap <minutes>",
        "raw files: start a new playlist after a longer pause; 0: never",
        wholeNumber(0),
      ).default(0),
    )
    .addOption(
      numberOption(
        "--session-length <minutes>",
        "raw files, with --session-gap: also start one at each multiple of this many minutes; 0: never",
        wholeNumber(0),
      ).default(0),
    )
    .addOption(
      new Option(
        "--dates <order>",
        "raw files: how to read dates such as 01/02/2024; auto: as the other dates show",
      )
        .choices(["auto", ...dayOrders])
        .default("auto"),
    )
    .addOption(leaveOutOption())
    .option("--merge-versions", 'raw files: "Song - Radio Edit" and "Song (Remastered 2011)" count as "Song"')
    .option(
      "--merge-capitals",
      'raw files: "the beatles" and "The Beatles" count as the one played most; titles likewise',
    );
}
