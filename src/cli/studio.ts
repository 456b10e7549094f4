/** `segue studio`: the local web app. */
import { join } from "node:path";
import type { Command } from "commander";
import { ports } from "../serving/options.js";
import type { StudioOptions } from "../studio/index.js";
import { removeTemporary, temporaryFolder, wholeNumber } from "../system/index.js";
import { addDatastoreOption, clientOf, type DatastoreOptions, datastoreFlag } from "./datastore/datastore.js";
import { bundleFor } from "./datastore/latest-bundle.js";
import { runFigures } from "./datastore/run-figures.js";
import { addMapOptions, type MapOptions } from "./options/map-options.js";
import { numberOption } from "./options/number-option.js";
import { ofOption } from "./options/of-option.js";
import { addOtherNames } from "./options/other-names.js";
import {
  addRawFileOptions,
  type RawFileOptions,
  rawFileOptions,
  refuseRawFileOptions,
} from "./playlists/raw-files.js";
import { terminalProgress } from "./terminal/terminal-progress.js";

interface Options extends DatastoreOptions, RawFileOptions, MapOptions {
  readonly bundle?: string;
  readonly port: number;
  readonly host: string;
  readonly seed: number;
  readonly json?: boolean;
}

export function registerStudio(program: Command): void {
  const command = addDatastoreOption(program.command("studio"));
  addOtherNames(addMapOptions(addRawFileOptions(command)), {
    input: "Name playlists without a flag: segue studio FILE.",
  })
    .description("open a local web app: listening, the map of music, runs, data")
    .argument("[input...]", "playlists in any form (default without --bundle: generated ones)")
    .option(
      "--bundle <bundle>",
      "use the recommenders of this bundle: a folder or .tar.gz, a folder of bundles, or a run",
    )
    .addOption(numberOption("--port <n>", "where to listen; 0 for any free port", ports).default(4747))
    .option("--host <address>", "the address to listen on", "127.0.0.1")
    .addOption(numberOption("--seed <n>", "seed of everything random", wholeNumber(0)).default(1))
    .option("--json", "print the address as one JSON object")
    .addHelpText(
      "after",
      "\nExamples:\n  segue studio\n  segue studio playlists.csv.gz --port 8000\n  segue studio data/02_processed/master_playlists.parquet --bundle data/04_models",
    )
    .action(studio);
}

async function studio(inputs: readonly string[], options: Options, command: Command): Promise<void> {
  const { startStudio } = await import("../studio/index.js");
  const { readPlaylists } = await import("./playlists/read-playlists.js");
  const { progress, clear, tell } = terminalProgress();
  const generated = inputs.length === 0 && options.bundle === undefined;
  if (inputs.length === 0) refuseRawFileOptions(options, "no playlists are named");
  const corpus = generated
    ? await generatedCorpus()
    : inputs.length > 0
      ? await readPlaylists(inputs, {
          progress,
          tell,
          usualMinTracks: 2,
          ...rawFileOptions(options),
        }).finally(clear)
      : undefined;
  const bundle =
    options.bundle === undefined
      ? undefined
      : await ofOption("--bundle", () => bundleFor(options.bundle, options));
  const client = await clientOf(options);
  const flags = datastoreFlag(command, { elsewhere: true });
  // The flows are slow to load.
  const again: StudioOptions["again"] = async (run, error) =>
    (await import("./run/command-anew.js")).commandAnew(client, run, error, flags);
  const figures: StudioOptions["figures"] = (run) => runFigures(client, run);
  const about = { client, flags, again, figures };
  const server = await startStudio({ ...options, ...about, bundle, corpus, progress }).finally(clear);
  if (options.json) console.log(JSON.stringify({ url: server.url }));
  else {
    if (generated)
      console.log("these playlists are generated; bring your own with: segue studio playlists.csv");
    console.log(`the studio is at ${server.url} (Ctrl-C stops it)`);
  }
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await server.close();

  async function generatedCorpus() {
    const { generateSample } = await import("../playlists/index.js");
    const folder = await temporaryFolder("studio");
    try {
      const output = join(folder, "sample.csv");
      await generateSample({ seed: options.seed, output, progress });
      return await readPlaylists([output], { progress, tell: () => {}, usualMinTracks: 2 });
    } finally {
      clear();
      await removeTemporary(folder);
    }
  }
}
