/** `segue recommend`: what should play next, from the latest run. */
import type { Command } from "commander";
import type { Context, Rules } from "../recommenders/index.js";
import type { LiveModel, ReadAs } from "../serving/index.js";
import { misuse, numberWithin, requireWithin, wholeNumber } from "../system/index.js";
import { counted } from "../workflow/terminal/text/format.js";
import { addDatastoreOption, type DatastoreOptions } from "./datastore/datastore.js";
import { bundlePlaceFor } from "./datastore/latest-bundle.js";
import { numberOption } from "./options/number-option.js";
import { ofGiven } from "./options/of-option.js";
import { addOtherNames } from "./options/other-names.js";
import { addRawFileOptions, type RawFileOptions, refuseRawFileOptions } from "./playlists/raw-files.js";
import { type AnswerOptions, answered, rulesOf } from "./recommend/recommend-answers.js";
import type { PlaylistsOptions } from "./recommend/recommend-playlists.js";
import { terminalWidth } from "./terminal/terminal-width.js";

interface Options extends AnswerOptions, RawFileOptions, DatastoreOptions {
  readonly playlists?: readonly string[];
  readonly output?: string;
  readonly recommender?: string;
  readonly bundle?: string;
  readonly title?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  segue recommend "Nina Simone-Feeling Good" --explain
  segue recommend "A-One" "B-Two" -k 20 --per-artist 2 --not "C-Three" --json
  segue recommend --title "rainy sunday" --extend -k 25 --variety 0.3
  segue recommend "A-One" --extend -k 50 --artist-separation 8 --output tonight.m3u
  segue recommend --playlists mine.csv --unplayed --output next.csv   # for each playlist in the file`;

export function registerRecommend(program: Command): void {
  const command = addDatastoreOption(program.command("recommend"))
    .description("recommend what should play next, using the latest successful run")
    .argument("[tracks...]", 'the tracks played so far, in order, as "Artist-Track"')
    .addOption(numberOption("-k, --k <n>", "how many tracks", wholeNumber(1)).default(10))
    .option("--title <words>", 'the title of the playlist: "rainy sunday"')
    .option("--recommender <name>", "which recommender of the bundle (default: the best of its grid)")
    .option(
      "--bundle <bundle>",
      "a bundle's folder or .tar.gz, a folder of bundles (its `current`, or else the latest), or a run (default: the latest run's)",
    )
    .option("--explain", 'say why: "after X in 37 playlists; near Y; same artist"')
    .option("--unplayed", "leave out played tracks")
    .option("--not <tracks...>", "leave out these tracks; @FILE: those in a file, one per line")
    .addOption(
      numberOption(
        "--per-artist <n>",
        "at most this many tracks per artist (--extend: else as playlists mix them)",
        wholeNumber(1),
      ),
    )
    .addOption(
      numberOption(
        "--artist-separation <n>",
        "at least this many tracks between two by one artist, also from those played",
        wholeNumber(0),
      ),
    )
    .option("--artist <names...>", "only tracks by these artists")
    .option("--word <words...>", 'only tracks from playlists with one of these words in the title: "jazz"')
    .option("--extend", "extend the playlist: each track follows the ones before it, none twice")
    .addOption(
      numberOption(
        "--variety <x>",
        "with --extend: draw from the best ten instead of taking the best",
        numberWithin({ least: 0, most: 1 }),
      ),
    )
    .addOption(numberOption("--seed <n>", "seed of these draws (default: 1)", wholeNumber(0, 0xffffffff)))
    .option(
      "--playlists <files...>",
      "recommend for each playlist in these files, in any form that segue run reads; - is standard input",
    )
    .option(
      "-o, --output <file>",
      "a file to write: .m3u or .m3u8 (of one playlist), .csv, or .jsonl (--playlists: default JSON lines on standard output)",
    )
    .option("--json", "print one JSON object");
  addOtherNames(addRawFileOptions(command), {
    input: "Playlists are --playlists.",
    exclude: "Tracks to leave out are --not.",
  })
    .addHelpText("after", examples)
    .action(recommend);
}

async function recommend(tracks: string[], options: Options): Promise<void> {
  const title = options.title?.trim() ? options.title : undefined;
  await check(tracks, title, options);
  const { playlists } = options;
  const not = await tracksNamed(options.not);
  const forPlaylists = playlists && (await preparedFor({ ...options, playlists }));
  const live = await openModel(options);
  try {
    const rules = await rulesOf(live, { ...options, not });
    if (forPlaylists !== undefined) return await forPlaylists(live, rules);
    const meant = await live.meant(tracks);
    const context: Context = { tracks: meant, title };
    const { readAs } = await import("../serving/index.js");
    await print(live, context, readAs(tracks, meant), rules, options);
  } finally {
    await live.model.close?.();
  }
}

/** The tracks of --not; read before the model is opened, which takes longer. */
async function tracksNamed(given: readonly string[] | undefined): Promise<string[] | undefined> {
  if (given === undefined) return undefined;
  // Not through the room's door, which is slow to load.
  const { namesGiven } = await import("../playlists/clean/names/names-given.js");
  return namesGiven(given, { option: "--not", of: "track" });
}

/** Checks the paths before the model is opened, which takes longer. */
async function preparedFor(options: PlaylistsOptions) {
  const { playlistPaths, recommendForPlaylists } = await import("./recommend/recommend-playlists.js");
  const paths = await playlistPaths(options);
  return (live: LiveModel, rules: Rules) => recommendForPlaylists(live, paths, rules, options);
}

/** Refuses options that contradict each other or would change nothing. */
async function check(tracks: readonly string[], title: string | undefined, options: Options): Promise<void> {
  if (options.playlists === undefined) {
    if (tracks.length === 0 && title === undefined)
      throw misuse(
        "neither a track nor a title is given",
        'name a track, as "Artist-Track", a title: --title "rainy sunday", or a file: --playlists mine.csv',
      );
    if (options.output !== undefined)
      await (await import("./recommend/answers-file.js")).checkAnswersFile(options.output);
    refuseRawFileOptions(options, "no --playlists are named");
  } else if (tracks.length > 0 || title !== undefined)
    throw misuse(
      `--playlists has tracks and titles of its own, and ${title === undefined ? `"${tracks[0]}"` : "--title"} is given, too`,
      "Leave out one of them.",
    );
  for (const name of ["variety", "seed"] as const) {
    if (options[name] !== undefined && !options.extend)
      throw misuse(`--${name} is for extending a playlist`, "Add --extend, or leave it out.");
  }
  const { longestExtension } = await import("../recommenders/index.js");
  if (options.extend) requireWithin(wholeNumber(1, longestExtension), "-k with --extend", options.k);
}

async function openModel(options: Options): Promise<LiveModel> {
  const { bundlePath, LiveModel, openServedModel } = await import("../serving/index.js");
  const find = async () => {
    const place = await bundlePlaceFor(options.bundle, options);
    await bundlePath(place);
    return place;
  };
  const place = await ofGiven("--bundle", options.bundle, find);
  return new LiveModel(await openServedModel(place, { recommender: options.recommender }));
}

async function print(
  live: LiveModel,
  context: Context,
  readAs: readonly ReadAs[],
  rules: Rules,
  options: Options,
): Promise<void> {
  const { remarksOn, unknownOf, wantedOf } = await import("./recommend/recommend-remarks.js");
  const { recommender, answer: shown } = await answered(live, context, rules, options);
  const unknown = await unknownOf(live, context.tracks);
  const remarks = await remarksOn({
    ...{ live, recommender, context, unknown, readAs },
    ...wantedOf(rules, options),
    answer: shown.map(({ track }) => track),
  });
  for (const remark of remarks) console.error(remark);
  const { output } = options;
  if (output !== undefined && shown.length > 0)
    await (await import("./recommend/answers-file.js")).writeAnswer(output, live, context, shown);
  if (options.json) {
    console.log(
      JSON.stringify({
        recommender: recommender.name,
        unknown,
        ...(readAs.length === 0 ? {} : { read_as: readAs }),
        remarks,
        tracks: shown,
      }),
    );
    return;
  }
  if (shown.length === 0) return;
  if (output !== undefined) return console.log(`${output}: ${counted(shown.length, "track")}`);
  const { recommendationText } = await import("./recommend/recommendation-text.js");
  console.log(recommendationText(shown, terminalWidth()));
}
