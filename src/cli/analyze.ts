/** `segue analyze`: what is in the playlists, as text, numbers and pictures. */
import { join } from "node:path";
import type { Command } from "commander";
import { checkOutput, SegueError, wholeNumber, writeFileAtomic } from "../system/index.js";
import { addMapOptions, type MapOptions, refuseMapOptions } from "./options/map-options.js";
import { numberOption } from "./options/number-option.js";
import { ofOption } from "./options/of-option.js";
import { addOtherNames } from "./options/other-names.js";
import { addRawFileOptions, type RawFileOptions, rawFileOptions } from "./playlists/raw-files.js";
import { interruptible } from "./terminal/interruptible.js";
import { terminalProgress } from "./terminal/terminal-progress.js";

interface Options extends RawFileOptions, MapOptions {
  readonly output?: string;
  readonly map: boolean;
  readonly bootstrap: number;
  readonly top: number;
  readonly seed: number;
  readonly json?: boolean;
}

export function registerAnalyze(program: Command): void {
  const command = addMapOptions(
    program
      .command("analyze")
      .description("chart playlists: distributions, the power law, the map of music")
      .argument("<input...>", "playlists in any form that segue run reads; files, globs or zip archives")
      .option(
        "-o, --output <folder>",
        "write analysis.json and all charts there, SVG and PNG, light and dark",
      )
      .option("--no-map", "skip the map, which trains track vectors first"),
  )
    .addOption(
      numberOption("--bootstrap <n>", "samples that test the power law; 0 for none", wholeNumber(0)).default(
        100,
      ),
    )
    .addOption(numberOption("--top <n>", "how many artists and songs to name", wholeNumber(1)).default(20))
    .addOption(numberOption("--seed <n>", "seed of everything random", wholeNumber(0)).default(1))
    .option("--json", "print one JSON object");
  addOtherNames(addRawFileOptions(command), { input: "Name playlists without a flag: segue analyze FILE." })
    .addHelpText(
      "after",
      "\nExamples:\n  segue analyze data/02_processed/master_playlists.parquet --output data/06_viz\n  segue analyze playlists.csv.gz --genres metal,jazz,k-pop --json\n  segue analyze mine.csv --columns artist=performer,track=song,playlist=list",
    )
    .action((inputs: readonly string[], options: Options, command: Command) => {
      if (!options.map) refuseMapOptions(command);
      return interruptible((signal) => analyze(inputs, options, signal));
    });
}

async function analyze(inputs: readonly string[], options: Options, signal: AbortSignal): Promise<void> {
  const { analysisText, analyzeCorpus, drawMap, mapVectors } = await import("../analysis/index.js");
  const { readPlaylists } = await import("./playlists/read-playlists.js");
  const { output } = options;
  if (output !== undefined) await ofOption("--output", () => checkOutput(output, "folder"));
  const { progress, clear, tell } = terminalProgress();
  const corpus = await readPlaylists(inputs, {
    ...{ progress, signal, tell, usualMinTracks: 2, ...rawFileOptions(options) },
  }).finally(clear);
  const { top, bootstrap, seed } = options;
  const found = await analyzeCorpus(corpus, { top, bootstrap, seed, progress, signal }).finally(clear);
  const analysis = { ...found, map: options.map ? await mapOf() : undefined };
  const files = output === undefined ? [] : await writePictures(output);
  if (options.json) console.log(JSON.stringify(analysis));
  else {
    process.stdout.write(analysisText(analysis));
    if (files.length > 0) console.log(`wrote ${files.length} files to ${output}`);
  }

  /** Undefined if there are too few tracks: the rest is still reported. */
  async function mapOf() {
    const { genres, mapTracks } = options;
    try {
      const vectors = await mapVectors(corpus, { seed, progress, signal });
      return await drawMap(corpus, vectors, { tracks: mapTracks, genres, seed, progress, signal });
    } catch (error) {
      if (!(error instanceof SegueError && error.code === "too-little-data")) throw error;
      tell(`the map is left out: ${error.message}; ${error.hint}`);
      return undefined;
    } finally {
      clear();
    }
  }

  async function writePictures(folder: string): Promise<string[]> {
    const { picturesOf } = await import("../analysis/index.js");
    const { renderPng, renderSvg } = await import("../charts/index.js");
    const written: string[] = [];
    const write = async (name: string, contents: string | Uint8Array) => {
      await writeFileAtomic(join(folder, name), contents);
      written.push(name);
    };
    await write("analysis.json", `${JSON.stringify(analysis, null, 1)}\n`);
    for (const theme of ["light", "dark"] as const)
      for (const [name, spec] of Object.entries(picturesOf(corpus, analysis, theme))) {
        const svg = await renderSvg(spec, { theme });
        const stem = theme === "light" ? name : `${name}-dark`;
        await write(`${stem}.svg`, svg);
        await write(`${stem}.png`, await renderPng(svg));
      }
    return written;
  }
}
