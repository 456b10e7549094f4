/** `segue sample`: generates playlists to try Segue on. */
import { relative } from "node:path";
import type { Command } from "commander";
import { checkOutput, numberWithin, shellWord, wholeNumber } from "../system/index.js";
import { numberOption } from "./options/number-option.js";
import { ofOption } from "./options/of-option.js";
import { interruptible } from "./terminal/interruptible.js";
import { terminalProgress } from "./terminal/terminal-progress.js";

interface Options {
  readonly playlists?: number;
  readonly rows?: number;
  readonly meanLength: number;
  readonly seed: number;
  readonly output?: string;
  readonly json?: boolean;
}

export function registerSample(program: Command): void {
  program
    .command("sample")
    .description("generate sample playlists in the #nowplaying form")
    .addOption(
      numberOption("--playlists <n>", "how many playlists (default: 2000, some 60,000 rows)", wholeNumber(1)),
    )
    .addOption(numberOption("--rows <n>", "how many rows instead", wholeNumber(1)).conflicts("playlists"))
    .addOption(
      numberOption(
        "--mean-length <x>",
        "mean number of tracks per playlist",
        numberWithin({ least: 1, most: 1000 }),
      ).default(30),
    )
    .addOption(numberOption("--seed <n>", "seed of everything in it", wholeNumber(0)).default(42))
    .option(
      "-o, --output <file>",
      "the CSV file to write; gzipped if it ends in .gz (default: sample_playlists of the catalog)",
    )
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
The same seed and size give the same file. Nothing in it exists: users, artists, tracks and playlists are made up.

Examples:
  segue sample
  segue sample --rows 1000000 --seed 7 --output million.csv.gz
  segue sample --rows 12900000 --mean-length 82 --output full.csv   # the shape of the #nowplaying data`,
    )
    .action(sample);
}

async function sample(options: Options): Promise<void> {
  const { generateSample, loadCatalog } = await import("../playlists/index.js");
  const output = options.output ?? relative(process.cwd(), (await loadCatalog()).path("sample_playlists"));
  await ofOption("--output", () => checkOutput(output));
  const { progress, clear } = terminalProgress();
  const facts = await interruptible((signal) =>
    generateSample({ ...options, output, progress, signal }).finally(clear),
  );
  if (options.json) {
    console.log(JSON.stringify({ generated: true, ...facts }));
    return;
  }
  const count = (number: number) => number.toLocaleString("en");
  console.log(
    `${facts.output}: ${count(facts.rows)} rows, ${count(facts.playlists)} playlists of ${count(facts.users)} users, ` +
      `in ${facts.seconds.toFixed(1)} s\n` +
      `generated (seed ${facts.seed}): no user, artist or track in it exists; ${facts.note} says so too\n` +
      `next: segue run --input ${shellWord(facts.output)}`,
  );
}
