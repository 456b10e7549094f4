/** `segue recommend`: what should play next, from the latest run. */
import type { Command } from "commander";
import { addDatastoreOption, type DatastoreOptions } from "./datastore.js";

interface Options extends DatastoreOptions {
  readonly k: string;
  readonly recommender?: string;
  readonly bundle?: string;
  readonly title?: string;
  readonly json?: boolean;
}

export function registerRecommend(program: Command): void {
  addDatastoreOption(program.command("recommend"))
    .description("what should play next after these tracks, from the latest successful run")
    .argument("[tracks...]", 'what has played, in order, as "Artist-Track"; the last one played last')
    .option("-k <n>", "how many tracks", "10")
    .option("--title <words>", 'the title of the playlist: "rainy sunday"')
    .option("--recommender <name>", "which recommender of the bundle (default: the best of its grid)")
    .option("--bundle <folder or run>", "another model than that of the latest run")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      '\nExamples:\n  segue recommend "Nina Simone-Feeling Good"\n  segue recommend "A-One" "B-Two" -k 20 --json\n  segue recommend --title "rainy sunday"',
    )
    .action(recommend);
}

async function recommend(tracks: string[], options: Options): Promise<void> {
  const { misuse } = await import("../system/index.js");
  const { bundleFor } = await import("./latest-bundle.js");
  const { openServedModel, TrackSearch } = await import("../serving/index.js");
  if (tracks.length === 0 && options.title === undefined) {
    throw misuse(
      "there is nothing to go on",
      'name a track, as "Artist-Track", or a title: --title "rainy sunday"',
    );
  }
  const k = Number(options.k);
  if (!Number.isInteger(k) || k < 1) throw misuse(`k must be a whole number of at least 1, got ${options.k}`);
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
    const [ranking] = recommender.recommend(
      [{ tracks, ...(options.title ? { title: options.title } : {}) }],
      k,
    );
    const answer = ranking!.tracks.map((track, i) => ({ track, score: ranking!.scores[i]! }));
    if (options.json) {
      console.log(JSON.stringify({ recommender: recommender.name, unknown: nearest, tracks: answer }));
      return;
    }
    const { colour, columns } = await import("../workflow/index.js");
    for (const { track, nearest: near } of nearest) {
      const meant = near.length > 0 ? `; did you mean ${near.map((each) => `"${each}"`).join(", ")}?` : "";
      console.error(`not known: "${track}"${meant}`);
    }
    const width = Math.max(...answer.map(({ score }) => score), Number.MIN_VALUE);
    const least = Math.min(...answer.map(({ score }) => score), 0);
    console.log(
      columns(
        answer.map(({ track, score }, i) => [
          String(i + 1).padStart(3),
          track,
          process.stdout.isTTY
            ? colour(
                "dim",
                "▇".repeat(Math.max(1, Math.round((12 * (score - least)) / (width - least || 1)))),
              )
            : score.toFixed(4),
        ]),
      ),
    );
  } finally {
    await model.close?.();
  }
}
