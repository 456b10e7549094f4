/** `segue studio`: the web app, on this machine alone. */
import { type Command, InvalidArgumentError } from "commander";
import { addDatastoreOption, clientOf, type DatastoreOptions } from "./datastore.js";
import { bundleFor } from "./latest-bundle.js";
import { addRawFileOptions, type RawFileOptions } from "./raw-files.js";
import { readPlaylists } from "./read-playlists.js";
import { terminalProgress } from "./terminal-progress.js";

interface Options extends DatastoreOptions, RawFileOptions {
  readonly bundle?: string;
  readonly port: number;
  readonly host: string;
  readonly mapTracks: number;
  readonly genres: readonly string[];
  readonly seed: number;
  readonly json?: boolean;
}

export function registerStudio(program: Command): void {
  addRawFileOptions(addDatastoreOption(program.command("studio")))
    .description("open a local web app: listen, the map of music, runs, data")
    .argument("[input...]", "playlists of any form; without them and without --bundle, generated ones")
    .option(
      "--bundle <bundle>",
      "let the recommenders of this bundle answer: a folder, a folder of bundles, or a run",
    )
    .option("--port <n>", "where to listen; 0 for any free port", port, 4747)
    .option("--host <address>", "the address to listen on", "127.0.0.1")
    .option("--map-tracks <n>", "how many tracks the map shows at most", wholeNumber, 5000)
    .option("--genres <words>", "words in titles that colour the map", (text) => text.split(","), [
      "rock",
      "rap",
      "country",
    ])
    .option("--seed <n>", "for all that is random", wholeNumber, 1)
    .option("--json", "print the address as one JSON object")
    .addHelpText(
      "after",
      "\nExamples:\n  segue studio\n  segue studio playlists.csv.gz --port 8000\n  segue studio data/02_processed/master_playlists.parquet --bundle data/04_models",
    )
    .action(studio);
}

async function studio(inputs: readonly string[], options: Options): Promise<void> {
  const { startStudio } = await import("../studio/index.js");
  const { progress, clear, tell } = terminalProgress();
  const { columns, encoding } = options;
  const generated = inputs.length === 0 && options.bundle === undefined;
  const corpus = generated
    ? await generatedCorpus()
    : inputs.length > 0
      ? await readPlaylists(inputs, {
          progress,
          tell,
          minTracks: 2,
          columns,
          encoding,
          escape: options.escape,
        }).finally(clear)
      : undefined;
  const bundle = options.bundle === undefined ? undefined : await bundleFor(options.bundle, options);
  const client = await clientOf(options);
  const server = await startStudio({ ...options, bundle, corpus, client, progress }).finally(clear);
  if (options.json) console.log(JSON.stringify({ url: server.url }));
  else {
    if (generated)
      console.log("these playlists are generated; bring your own with: segue studio playlists.csv");
    console.log(`the studio is at ${server.url} (Ctrl-C ends it)`);
  }
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await server.close();

  async function generatedCorpus() {
    const { generateSample } = await import("../playlists/index.js");
    const { mkdtemp, rm } = await import("node:fs/promises");
    const { tmpdir } = await import("node:os");
    const { join } = await import("node:path");
    const folder = await mkdtemp(join(tmpdir(), "segue-studio-"));
    try {
      const output = join(folder, "sample.csv");
      await generateSample({ seed: options.seed, output, progress });
      return await readPlaylists([output], { progress, tell, minTracks: 2 });
    } finally {
      clear();
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It should be a whole number.");
  return Number(text);
}

function port(text: string): number {
  const value = wholeNumber(text);
  if (value > 65535) throw new InvalidArgumentError("Ports go from 0 to 65535.");
  return value;
}
