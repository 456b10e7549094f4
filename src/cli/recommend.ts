/** `segue recommend`: what should play next, from the latest run. */
import type { Command } from "commander";
import type { Ranking, Rules } from "../recommenders/index.js";
import { addDatastoreOption, type DatastoreOptions } from "./datastore.js";

interface Options extends DatastoreOptions {
  readonly k: string;
  readonly extend?: boolean;
  readonly variety?: string;
  readonly seed?: string;
  readonly explain?: boolean;
  readonly unplayed?: boolean;
  readonly not?: string[];
  readonly perArtist?: string;
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
    .description("what should play next after these tracks, from the latest successful run")
    .argument("[tracks...]", 'what has played, in order, as "Artist-Track"; the last one played last')
    .option("-k <n>", "how many tracks", "10")
    .option("--title <words>", 'the title of the playlist: "rainy sunday"')
    .option("--recommender <name>", "which recommender of the bundle (default: the best of its grid)")
    .option(
      "--bundle <bundle>",
      "a bundle, a folder of bundles (its latest), or a run (default: the latest run's)",
    )
    .option("--explain", 'say why: "after X in 37 playlists; near Y; same artist"')
    .option("--unplayed", "leave out what has played")
    .option("--not <tracks...>", "leave these out")
    .option("--per-artist <n>", "at most so many tracks of one artist")
    .option("--artist <names...>", "only tracks of these artists")
    .option("--word <words...>", 'only tracks of playlists with one of these words in the title: "jazz"')
    .option("--extend", "a list that goes on: each track follows the ones before it, none twice")
    .option("--variety <0…1>", "with --extend: draw from the best ten rather than take the best")
    .option("--seed <n>", "of these draws")
    .option("--json", "print one JSON object")
    .addHelpText("after", examples)
    .action(recommend);
}

async function recommend(tracks: string[], options: Options): Promise<void> {
  const { misuse } = await import("../system/index.js");
  const { bundleFor } = await import("./latest-bundle.js");
  const { Explainer, extendPlaylist, reasonsAsText, RuledRecommender } = await import(
    "../recommenders/index.js"
  );
  const { openServedModel, TrackSearch } = await import("../serving/index.js");
  if (tracks.length === 0 && options.title === undefined) {
    throw misuse(
      "there is nothing to go on",
      'name a track, as "Artist-Track", or a title: --title "rainy sunday"',
    );
  }
  const k = Number(options.k);
  if (!Number.isInteger(k) || k < 1) throw misuse(`k must be a whole number of at least 1, got ${options.k}`);
  const rules = rulesOf(options);
  const model = await openServedModel(await bundleFor(options.bundle, options), {
    recommender: options.recommender,
  });
  try {
    const known = new Set(model.catalogue.tracks);
    const unknown = tracks.filter((track) => !known.has(track));
    const search = unknown.length > 0 ? await TrackSearch.build(model.catalogue.tracks) : undefined;
    const nearest = unknown.map((track) => ({
      track,
      nearest: search!.find(track, 3).map((hit) => hit.track),
    }));
    const recommender = model.recommenders[model.defaultRecommender]!;
    const context = { tracks, ...(options.title ? { title: options.title } : {}) };
    const answer = options.extend
      ? extendPlaylist(recommender, model.catalogue, context, k, {
          rules,
          variety: options.variety === undefined ? 0 : Number(options.variety),
          seed: Number(options.seed ?? 1),
        }).map((track) => ({ track, score: undefined }))
      : scored(
          Object.keys(rules).length === 0
            ? recommender.recommend([context], k)[0]!
            : new RuledRecommender(recommender, model.catalogue).recommend(context, k, rules),
        );
    const explainer = options.explain ? new Explainer(recommender, model.catalogue) : undefined;
    const shown = answer.map((each) => {
      if (explainer === undefined) return each;
      const reasons = explainer.explain(context, each.track);
      return { ...each, reasons, because: reasonsAsText(reasons) };
    });
    if (options.json) {
      console.log(JSON.stringify({ recommender: recommender.name, unknown: nearest, tracks: shown }));
      return;
    }
    const { colour, columns } = await import("../workflow/index.js");
    for (const { track, nearest: near } of nearest) {
      const meant = near.length > 0 ? `; did you mean ${near.map((each) => `"${each}"`).join(", ")}?` : "";
      console.error(`not known: "${track}"${meant}`);
    }
    if (tracks.length > 0 && unknown.length === tracks.length && options.title === undefined)
      console.error("nothing to go on is known; in general these are played:");
    console.log(columns(rowsOf(shown, (bar) => (process.stdout.isTTY ? colour("dim", bar) : undefined))));
  } finally {
    await model.close?.();
  }
}

interface Shown {
  readonly track: string;
  readonly score: number | undefined;
  readonly because?: string;
}

function scored(ranking: Ranking): Shown[] {
  return ranking.tracks.map((track, i) => ({ track, score: ranking.scores[i]! }));
}

/** A line a track: place, id, score (a bar where `bar` draws one), reasons. */
function rowsOf(shown: readonly Shown[], bar: (bar: string) => string | undefined): string[][] {
  const scores = shown.map(({ score }) => score ?? 0);
  const width = Math.max(...scores, Number.MIN_VALUE);
  const least = Math.min(...scores, 0);
  return shown.map(({ track, score, because }, i) => {
    const row = [String(i + 1).padStart(3), track];
    if (score !== undefined) {
      const blocks = Math.max(1, Math.round((12 * (score - least)) / (width - least || 1)));
      row.push(bar("▇".repeat(blocks)) ?? score.toFixed(4));
    }
    if (because !== undefined) row.push(because);
    return row;
  });
}

function rulesOf(options: Options): Rules {
  return {
    ...(options.unplayed ? { excludePlayed: true } : {}),
    ...(options.not ? { exclude: options.not } : {}),
    ...(options.perArtist === undefined ? {} : { perArtist: Number(options.perArtist) }),
    ...(options.artist ? { artists: options.artist } : {}),
    ...(options.word ? { words: options.word } : {}),
  };
}
