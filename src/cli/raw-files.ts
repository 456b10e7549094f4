/** How raw files are to be read: the options of every verb that takes playlists of any form, as `segue run` has them. */
import { type Command, Option } from "commander";
// Not by the room's door, which takes long to load.
import {
  type DayOrder,
  dayOrders,
  type EscapeStyle,
  escapeStyles,
  type TextEncoding,
  textEncodings,
} from "../playlists/clean/raw-file-choices.js";
import { misuse, wholeNumber } from "../system/index.js";
import { numberOption } from "./number-option.js";

export interface RawFileOptions {
  /** Which columns hold what: "artist=performer,track=song,playlist=list,user_id=owner,time=played_at". */
  readonly columns?: string;
  readonly encoding: TextEncoding;
  /** How CSV writes a quote within quotes; "auto" has it from the columns. */
  readonly escape: "auto" | EscapeStyle;
  /** Plays more minutes apart than this are two playlists; 0: none are parted. */
  readonly sessionGap: number;
  /** With a gap, playlists begin at each multiple of so many minutes, too; 0: at none. */
  readonly sessionLength: number;
  /** Which number of a date such as 01/02/2024 is the day; "auto" has it from the other dates. */
  readonly dates: "auto" | DayOrder;
  /** Artists whose plays are left out; "@radio.txt": those in that file. */
  readonly leaveOut: readonly string[];
  /** Whether "Song - Radio Edit" counts as "Song", and names that differ in capitals alone as the one played most. */
  readonly mergeVersions?: boolean;
  readonly mergeCapitals?: boolean;
}

/** These options among those of a verb. */
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
    ...(columns !== undefined && { columns }),
    ...{ encoding, escape: style, sessionGap, sessionLength, dates, leaveOut },
    ...{ mergeVersions, mergeCapitals },
  };
}

/**
 * @param of what is read, and is no raw file: "p.jsonl holds sequences"
 * @throws SegueError (misuse) where one of them is given that would change nothing
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

/** How short a playlist of raw files may be; of verbs for which that is not given. */
export function minTracksOption(): Option {
  const description = "raw files: leave out shorter playlists (default: 3)";
  // Without a default of its own, so that it is known whether it was given.
  return numberOption("--min-tracks <n>", description, wholeNumber(2));
}

/** Whose plays are left out. One name each time, so that a comma may be part of it and no file behind it is taken for another. */
export function leaveOutOption(): Option {
  return new Option(
    "--leave-out <artist>",
    "raw files: leave out this artist's plays, such as advertisements; repeatable; @FILE: names in a file, one per line",
  )
    .argParser((name: string, before: readonly string[]) => [...before, name])
    .default([], "none");
}

/** Adds them to a verb. */
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
