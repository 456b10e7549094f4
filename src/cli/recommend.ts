/** `segue recommend`: what should play next, from the latest run. */
import type { Command } from "commander";
import type { Context, FittedRecommender, Rules } from "../recommenders/index.js";
import type { LiveModel, ReadAs } from "../serving/index.js";
import { numberWithin, requireWithin, wholeNumber } from "../system/index.js";
import { addDatastoreOption, type DatastoreOptions } from "./datastore.js";
import { numberOption } from "./number-option.js";
import { ofGiven } from "./of-option.js";
import type { Shown } from "./recommendation-text.js";

interface Options extends DatastoreOptions {
  readonly k: number;
  readonly extend?: boolean;
  readonly variety?: number;
  readonly seed?: number;
  readonly explain?: boolean;
  readonly unplayed?: boolean;
  readonly not?: string[];
  readonly perArtist?: number;
  readonly artist?: string[];
  readonly word?: string[];
  readonly recommender?: string;
  readonly bundle?: string;
  readonly title?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  segue recommend "Nina Simone-Feeling Good" --explain
  segue recommend "A-One" "B-Two" -k 20 --per-artist 2 --not "C-Three" --json
  segue recommend --title "rainy sunday" --extend -k 25 --variety 0.3`;

export function registerRecommend(program: Command): void {
  addDatastoreOption(program.command("recommend"))
    .description("recommend what should play next, using the latest successful run")
    .argument("[tracks...]", 'the tracks played so far, in order, as "Artist-Track"')
    .addOption(numberOption("-k, --k <n>", "how many tracks", wholeNumber(1)).default(10))
    .option("--title <words>", 'the title of the playlist: "rainy sunday"')
    .option("--recommender <name>", "which recommender of the bundle (default: the best of its grid)")
    .option(
      "--bundle <bundle>",
      "a bundle, a folder of bundles (its latest), or a run (default: the latest run's)",
    )
    .option("--explain", 'say why: "after X in 37 playlists; near Y; same artist"')
    .option("--unplayed", "leave out played tracks")
    .option("--not <tracks...>", "leave out these tracks")
    .addOption(
      numberOption(
        "--per-artist <n>",
        "at most this many tracks per artist (--extend: else as playlists mix them)",
        wholeNumber(1),
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
    .option("--json", "print one JSON object")
    .addHelpText("after", examples)
    .action(recommend);
}

async function recommend(tracks: string[], options: Options): Promise<void> {
  const { misuse } = await import("../system/index.js");
  const title = options.title?.trim() ? options.title : undefined;
  if (tracks.length === 0 && title === undefined) {
    throw misuse(
      "neither a track nor a title is given",
      'name a track, as "Artist-Track", or a title: --title "rainy sunday"',
    );
  }
  for (const name of ["variety", "seed"] as const) {
    if (options[name] !== undefined && !options.extend)
      throw misuse(`--${name} is for extending a playlist`, "Add --extend, or leave it out.");
  }
  const { longestExtension } = await import("../recommenders/index.js");
  if (options.extend) requireWithin(wholeNumber(1, longestExtension), "-k with --extend", options.k);
  const { bundlePlaceFor } = await import("./latest-bundle.js");
  const { bundlePath, LiveModel, openServedModel, readAs } = await import("../serving/index.js");
  const { recommender: asked } = options;
  const find = async () => {
    const place = await bundlePlaceFor(options.bundle, options);
    await bundlePath(place);
    return place;
  };
  const place = await ofGiven("--bundle", options.bundle, find);
  const live = new LiveModel(await openServedModel(place, { recommender: asked }));
  try {
    const meant = await live.meant(tracks);
    const context: Context = { tracks: meant, ...(title === undefined ? {} : { title }) };
    await print(live, context, readAs(tracks, meant), options);
  } finally {
    await live.model.close?.();
  }
}

async function print(
  live: LiveModel,
  context: Context,
  readAs: readonly ReadAs[],
  options: Options,
): Promise<void> {
  const { remarksOn, unknownOf } = await import("./recommend-remarks.js");
  const rules = await rulesOf(live, options);
  const { recommender, answer } = await answered(live, context, rules, options);
  const shown = options.explain ? await explained(live, recommender, context, answer, options) : answer;
  const unknown = await unknownOf(live, context.tracks);
  const remarks = await remarksOn({
    ...{ live, recommender, context, unknown, readAs },
    rules: options.extend ? { ...rules, excludePlayed: true } : rules,
    answer: answer.map(({ track }) => track),
  });
  for (const remark of remarks) console.error(remark);
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
  const { recommendationText } = await import("./recommendation-text.js");
  console.log(recommendationText(shown, process.stdout.isTTY ? process.stdout.columns || 80 : undefined));
}

/** The answer of the model's recommender, or of the fallback if it has none. */
async function answered(
  live: LiveModel,
  context: Context,
  rules: Rules,
  { k, extend, variety = 0, seed = 1 }: Options,
): Promise<{ readonly recommender: FittedRecommender; readonly answer: readonly Shown[] }> {
  const { extendPlaylist } = await import("../recommenders/index.js");
  const ask = (recommender: FittedRecommender): Shown[] => {
    if (extend) {
      const added = extendPlaylist(recommender, live.model.catalogue, context, k, { rules, variety, seed });
      return added.map((track) => ({ track }));
    }
    const ruled = Object.keys(rules).length > 0;
    const ranking = ruled
      ? live.ruled(recommender).recommend(context, k, rules)
      : recommender.recommend([context], k)[0]!;
    return ranking.tracks.map((track, i) => ({ track, score: ranking.scores[i]! }));
  };
  return live.answered(live.recommender()!, context, ask, (answer) => answer.length === 0);
}

/** Adds the reasons for each track; in an extended playlist they include the tracks added before. */
async function explained(
  live: LiveModel,
  recommender: FittedRecommender,
  context: Context,
  answer: readonly Shown[],
  { extend }: Options,
): Promise<Shown[]> {
  const { reasonsAsText } = await import("../recommenders/index.js");
  const explainer = live.explainer(recommender);
  const played = [...context.tracks];
  return answer.map((each) => {
    const reasons = explainer.explain({ ...context, tracks: played }, each.track);
    if (extend) played.push(each.track);
    return { ...each, reasons, because: reasonsAsText(reasons) };
  });
}

async function rulesOf(live: LiveModel, options: Options): Promise<Rules> {
  return {
    ...(options.unplayed ? { excludePlayed: true } : {}),
    ...(options.not ? { exclude: await live.meant(options.not) } : {}),
    ...(options.perArtist === undefined ? {} : { perArtist: options.perArtist }),
    ...(options.artist ? { artists: await live.artistsMeant(options.artist) } : {}),
    ...(options.word ? { words: options.word } : {}),
  };
}
