/** `segue evaluate`: fits a recommender, measures its answers to queries, prints the figures. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Measured } from "../evaluation/index.js";
import { didYouMean, misuse, numberWithin, wholeNumber } from "../system/index.js";
import { printRemarks, remarksFor } from "./evaluate/evaluation-remarks.js";
import { type EvaluateOptions, taskOf } from "./evaluate/evaluation-task.js";
import { numberOption, numbersOption } from "./options/number-option.js";
import { addOtherNames } from "./options/other-names.js";
import { addRawFileOptions, minTracksOption } from "./playlists/raw-files.js";
import { terminalProgress } from "./terminal/terminal-progress.js";

export function registerEvaluate(program: Command): void {
  const command = program
    .command("evaluate")
    .description("fit a recommender on playlists and measure its answers to queries")
    .requiredOption(
      "--train <files...>",
      "playlists to fit on: JSON lines, or any other form that segue run reads; files, globs or zip archives",
    )
    .option(
      "--queries <files...>",
      "queries with their answers: JSON lines (default: playlists held out from --train)",
    )
    .addOption(
      numberOption(
        "--hold-out <share>",
        "without --queries: share of the playlists to hold out (default: 0.2)",
        numberWithin({ above: 0, below: 1 }),
      ),
    )
    .option("--every-position", "without --queries: ask for every track after the first, not only the last")
    .addOption(minTracksOption())
    .option("--recommender <names...>", "recommenders to fit (default: blend; with --leaderboard: all)")
    .addOption(
      numbersOption(
        "-k, --k <numbers>",
        "tracks per answer; several separated by commas, the first leads",
        wholeNumber(1),
      ).default([20], "20"),
    )
    .addOption(
      new Option("--set <name=value>", "a setting of the recommender; repeatable")
        .argParser(setting)
        .default({}, "its own"),
    )
    .addOption(
      numberOption(
        "--seed <n>",
        "seed for fitting and, without --queries, for choosing the held-out playlists",
        wholeNumber(0),
      ).default(1),
    )
    .addOption(
      numberOption(
        "--threads <n>",
        "threads to fit with (default: the recommender's choice), and to answer many queries with (default: one per core)",
        wholeNumber(1),
      ),
    )
    .option("--leaderboard", "fit every recommender and compare them")
    .option("--html <file>", "write the leaderboard as an HTML table")
    .option("--json", "print one JSON object");
  addOtherNames(addRawFileOptions(command), {
    input: "Playlists are --train.",
    playlists: "Playlists are --train.",
  })
    .addHelpText(
      "after",
      `
A line of --train:    {"playlist_id": "p1", "tracks": ["Artist-Track", …]}
A line of --queries:  {"context": ["Artist-Track", …], "next": "Artist-Track"}
Every query counts, even if its context or answer was never in training.

Examples:
  segue evaluate --train my_playlists.csv --leaderboard
  segue evaluate --train train.jsonl.gz --queries test.jsonl --recommender vstan -k 20 --json
  segue evaluate --train train.jsonl.gz --queries test.jsonl --leaderboard --html leaderboard.html`,
    )
    .action(evaluate);
}

async function evaluate(options: EvaluateOptions): Promise<void> {
  const { checkSettings, recommenderKinds } = await import("../recommenders/index.js");
  const known = Object.keys(recommenderKinds);
  for (const name of options.recommender ?? []) {
    if (!known.includes(name))
      throw misuse(
        `there is no recommender "${name}"`,
        didYouMean(name, known, `there are: ${known.join(", ")}`),
      );
  }
  if (options.leaderboard) {
    const { printLeaderboard } = await import("./evaluate/print-leaderboard.js");
    return printLeaderboard(options, options.recommender ?? known);
  }
  if (options.html !== undefined) throw misuse("--html needs --leaderboard");
  const [name = "blend", ...others] = options.recommender ?? [];
  if (others.length > 0) throw misuse("several recommenders need --leaderboard");
  checkSettings(name, options.set);
  const { loadAndMeasure } = await import("./evaluate/load-and-measure.js");
  const { report } = await import("../evaluation/index.js");
  const { progress, clear, tell } = terminalProgress();
  const task = { ...(await taskOf(options, { pipes: true })), recommender: name, settings: options.set };
  const measured = await loadAndMeasure(task, progress, tell).finally(clear);
  if (!options.json) {
    // Like the JSON, slices and remarks are at the k that was named first; `at` is in rising order.
    const leading = measured.evaluation.at.findIndex(({ k }) => k === options.k[0]);
    printText(measured, leading);
    const { at, outcomes, ...asked } = measured.evaluation;
    return printRemarks(await remarksFor({ ...asked, ...at[leading]! }, outcomes.playlists));
  }
  const [leading, ...more] = options.k.map((k) => report(measured, k));
  const at = more.map(({ k, hit_ratio, mrr, ndcg, coverage }) => ({ k, hit_ratio, mrr, ndcg, coverage }));
  console.log(JSON.stringify(at.length > 0 ? { ...leading, at } : leading));
}

/** @param leading the index in `at` of the k at which slices are shown */
function printText({ evaluation, fitSeconds, peakRssMb }: Measured, leading: number): void {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`.padStart(9);
  const lines = [
    `${evaluation.recommender}: ${evaluation.queries.toLocaleString("en")} ${evaluation.queries === 1 ? "query" : "queries"}`,
    `fitted in ${fitSeconds.toFixed(1)} s, answered in ${evaluation.recommendSeconds.toFixed(1)} s ` +
      `(${Math.round(evaluation.queries / Math.max(evaluation.recommendSeconds, 1e-6)).toLocaleString("en")} a second), ` +
      `${peakRssMb.toLocaleString("en")} MiB at most`,
    "",
  ];
  for (const at of evaluation.at) {
    lines.push(
      `at ${at.k}: hit ratio ${percent(at.hitRatio).trim()}, MRR ${percent(at.mrr).trim()}, NDCG ${percent(at.ndcg).trim()}`,
      `  coverage ${percent(at.coverage).trim()}` +
        (at.popularityLift === undefined ? "" : `, popularity lift ${at.popularityLift.toFixed(2)}`) +
        (at.artistDiversity === undefined ? "" : `, artist diversity ${at.artistDiversity.toFixed(2)}`) +
        (at.novelty === undefined ? "" : `, novelty ${at.novelty.toFixed(1)} bits`),
    );
  }
  const { k } = evaluation.at[leading]!;
  lines.push(
    "",
    `${"slice".padEnd(38)}${"queries".padStart(9)}${`hit@${k}`.padStart(10)}${`MRR@${k}`.padStart(10)}`,
  );
  for (const { by, label, queries, at } of evaluation.slices) {
    const counted = queries.toLocaleString("en").padStart(9);
    lines.push(
      `${`${by}: ${label}`.padEnd(38)}${counted} ${percent(at[leading]!.hitRatio)} ${percent(at[leading]!.mrr)}`,
    );
  }
  console.log(lines.join("\n"));
}

function setting(text: string, before: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const [name, ...rest] = text.split("=");
  if (!name || rest.length === 0) throw new InvalidArgumentError("It should look like name=value.");
  const value = rest.join("=");
  try {
    return { ...before, [name]: JSON.parse(value) };
  } catch {
    return { ...before, [name]: value };
  }
}
