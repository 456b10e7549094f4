/** `segue sample`: generates playlists to try Segue on. */
import { relative } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { interruptible } from "./interruptible.js";
import { terminalProgress } from "./terminal-progress.js";

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
    .description("generate sample playlists in the form of the #nowplaying data")
    .option("--playlists <number>", "how many playlists (default: 2000, some 60,000 rows)", wholeNumber)
    .option("--rows <number>", "how many rows instead", wholeNumber)
    .option("--mean-length <number>", "tracks of a playlist on average", Number, 30)
    .option("--seed <number>", "chooses everything in it", wholeNumber, 42)
    .option(
      "--output <file>",
      "where to; gzipped where it ends in .gz (default: sample_playlists of the catalog)",
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
  const { checkOutput } = await import("../system/index.js");
  await checkOutput(output);
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
      `generated (seed ${facts.seed}): no user, artist or track in it exists; ${facts.note} says so too`,
  );
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("wanted a whole number.");
  return Number(text);
}
