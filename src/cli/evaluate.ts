/** `segue evaluate`: fits on one file, asks another, prints the figures. */
import { fork } from "node:child_process";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Entry, Evaluation, Measured } from "../evaluation/index.js";
import {
  besideUrl,
  checkOutput,
  errorFrom,
  escapeHtml,
  explainDiskError,
  messageOf,
  misuse,
  numberWithin,
  SegueError,
  wholeNumber,
  writeFileAtomic,
} from "../system/index.js";
import type { EvaluateAnswer, EvaluateTask } from "./evaluate-worker.js";
import { interruptible } from "./interruptible.js";
import type { MeasureTask } from "./load-and-measure.js";
import { numberOption, numbersOption } from "./number-option.js";
import { ofOption } from "./of-option.js";
import { pathsOf } from "./paths-of.js";
import { addRawFileOptions, minTracksOption, type RawFileOptions, rawFileOptions } from "./raw-files.js";
import { terminalProgress } from "./terminal-progress.js";

interface Options extends RawFileOptions {
  readonly train: readonly string[];
  readonly queries?: readonly string[];
  readonly holdOut?: number;
  readonly everyPosition?: boolean;
  readonly minTracks?: number;
  readonly recommender?: readonly string[];
  readonly k: readonly number[];
  readonly set: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly threads?: number;
  readonly leaderboard?: boolean;
  readonly html?: string;
  readonly json?: boolean;
}

export function registerEvaluate(program: Command): void {
  const command = program
    .command("evaluate")
    .description("fit a recommender on playlists and measure its answers to queries")
    .requiredOption(
      "--train <files...>",
      "playlists to fit on: JSON lines, or any other form that segue run reads; files or globs",
    )
    .option(
      "--queries <files...>",
      "queries with their answers: JSON lines (default: what playlists of --train hold, which are then kept from training)",
    )
    .addOption(
      numberOption(
        "--hold-out <share>",
        "without --queries: which share of the playlists is asked about (default: 0.2)",
        numberWithin({ above: 0, below: 1 }),
      ),
    )
    .option(
      "--every-position",
      "without --queries: ask for every track after the first, not for the last alone",
    )
    .addOption(minTracksOption())
    .option("--recommender <names...>", "which to fit (default: blend; with --leaderboard: all)")
    .addOption(
      numbersOption(
        "-k, --k <numbers>",
        "how many tracks an answer has; several by commas, the first leads",
        wholeNumber(1),
      ).default([20], "20"),
    )
    .addOption(
      new Option("--set <name=value>", "a setting of the recommender; repeat for more")
        .argParser(setting)
        .default({}, "its own"),
    )
    .addOption(numberOption("--seed <n>", "for what is random in fitting", wholeNumber(0)).default(1))
    .addOption(
      numberOption(
        "--threads <n>",
        "threads to fit with (default: as the recommender likes)",
        wholeNumber(1),
      ),
    )
    .option("--leaderboard", "fit every recommender and compare them")
    .addOption(new Option("--html <file>", "write the leaderboard as an HTML table"))
    .option("--json", "print one JSON object");
  addRawFileOptions(command)
    .addHelpText(
      "after",
      `
A line of --train:    {"playlist_id": "p1", "tracks": ["Artist-Track", …]}
A line of --queries:  {"context": ["Artist-Track", …], "next": "Artist-Track"}
Every query counts: one whose context or answer was never in training is a miss where it is not hit.

Examples:
  segue evaluate --train my_playlists.csv --leaderboard
  segue evaluate --train train.jsonl.gz --queries test.jsonl --recommender vstan -k 20 --json
  segue evaluate --train train.jsonl.gz --queries test.jsonl --leaderboard --html leaderboard.html`,
    )
    .action(evaluate);
}

async function evaluate(options: Options): Promise<void> {
  const { checkSettings, recommenderKinds } = await import("../recommenders/index.js");
  const known = Object.keys(recommenderKinds);
  for (const name of options.recommender ?? []) {
    if (!known.includes(name))
      throw misuse(`there is no recommender "${name}"`, `there are: ${known.join(", ")}`);
  }
  if (options.leaderboard) return printLeaderboard(options, options.recommender ?? known);
  if (options.html !== undefined) throw misuse("--html needs --leaderboard");
  const [name = known.includes("blend") ? "blend" : known.at(-1)!, ...others] = options.recommender ?? [];
  if (others.length > 0) throw misuse("several recommenders need --leaderboard");
  checkSettings(name, options.set);
  const { loadAndMeasure } = await import("./load-and-measure.js");
  const { report } = await import("../evaluation/index.js");
  const { progress, clear, tell } = terminalProgress();
  const task = { ...(await taskOf(options, { pipes: true })), recommender: name, settings: options.set };
  const measured = await loadAndMeasure(task, progress, tell).finally(clear);
  if (!options.json) {
    printText(measured);
    const { at, outcomes, ...asked } = measured.evaluation;
    return printRemarks(await remarksFor({ ...asked, ...at[0]! }, outcomes.playlists));
  }
  const [leading, ...more] = options.k.map((k) => report(measured, k));
  const at = more.map(({ k, hit_ratio, mrr, ndcg, coverage }) => ({ k, hit_ratio, mrr, ndcg, coverage }));
  console.log(JSON.stringify(at.length > 0 ? { ...leading, at } : leading));
}

function printText({ evaluation, fitSeconds, peakRssMb }: Measured): void {
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
  const k = evaluation.at[0]!.k;
  lines.push(
    "",
    `${"slice".padEnd(38)}${"queries".padStart(9)}${`hit@${k}`.padStart(10)}${`MRR@${k}`.padStart(10)}`,
  );
  for (const { by, label, queries, at } of evaluation.slices) {
    const counted = queries.toLocaleString("en").padStart(9);
    lines.push(
      `${`${by}: ${label}`.padEnd(38)}${counted} ${percent(at[0]!.hitRatio)} ${percent(at[0]!.mrr)}`,
    );
  }
  console.log(lines.join("\n"));
}

/** What the figures mean where they rest on little. @param playlists of each query, where they are of playlists */
async function remarksFor(
  asked: Pick<Evaluation, "queries" | "catalogue" | "knownTargets" | "knownContexts"> & {
    readonly k: number;
    readonly hitRatio: number;
    readonly interval?: readonly [number, number];
  },
  playlists: Uint32Array | undefined,
): Promise<string[]> {
  const { remarksOn } = await import("../evaluation/index.js");
  const queries = playlists === undefined ? asked.queries : new Set(playlists).size;
  const unit = playlists === undefined ? "queries" : "playlists";
  return remarksOn({ test: { ...asked, queries }, kFlag: "-k", unit });
}

function printRemarks(remarks: readonly string[]): void {
  if (remarks.length > 0) console.log(["", ...remarks.map((remark) => `note: ${remark}`)].join("\n"));
}

async function printLeaderboard(options: Options, names: readonly string[]): Promise<void> {
  if (options.k.length > 1) throw misuse("--leaderboard takes one k");
  if (Object.keys(options.set).length > 0)
    throw misuse("--set is for one recommender, not for --leaderboard");
  const { leaderboard, leaderboardHtml, leaderboardJson, leaderboardText } = await import(
    "../evaluation/index.js"
  );
  const { html } = options;
  if (html !== undefined) await ofOption("--html", () => checkOutput(html));
  // Each recommender reads them anew.
  const task = await taskOf(options, { pipes: false });
  const entries: Entry[] = [];
  let playlists: Uint32Array | undefined;
  let asked: Done["asked"] | undefined;
  const failures: Array<{ recommender: string; error: string }> = [];
  for (const recommender of names) {
    try {
      const quiet = entries.length + failures.length > 0;
      const done = await interruptible((signal) =>
        measureApart({ ...task, recommender, settings: {}, quiet }, signal),
      );
      entries.push(done.entry);
      ({ playlists, asked } = done);
    } catch (error) {
      if (!(error instanceof SegueError)) throw error;
      failures.push({ recommender, error: error.message });
      // What fails for one for want of a readable file fails for all.
      if (entries.length === 0 && failures.length === Math.min(2, names.length)) throw error;
    }
  }
  const board = leaderboard(entries, { seed: options.seed, ...(playlists && { playlists }) });
  const { mean: hitRatio, low, high } = board.rows[0]!.hitRatio;
  const remarks = await remarksFor({ ...board, ...asked!, hitRatio, interval: [low, high] }, playlists);
  if (options.json) console.log(JSON.stringify({ ...leaderboardJson(board), remarks, failures }));
  else {
    process.stdout.write(leaderboardText(board));
    printRemarks(remarks);
  }
  const problems: string[] = [];
  if (failures.length > 0) {
    const list = failures.map(({ recommender, error }) => `${recommender} (${error})`).join("; ");
    problems.push(`could not evaluate ${list}`);
  }
  // After the figures, which took long: a disk that is full by now must not cost them.
  if (options.html)
    await writeFileAtomic(options.html, page(leaderboardHtml(board), remarks)).catch((error: unknown) => {
      problems.push(messageOf(explainDiskError(error, options.html)));
    });
  if (problems.length > 0) throw new SegueError(problems.join("; "));
}

/** What is the same for every recommender. @throws SegueError where a file is missing, or options contradict each other */
async function taskOf(
  options: Options,
  take: { readonly pipes: boolean },
): Promise<Omit<MeasureTask, "recommender" | "settings">> {
  const { train, queries, holdOut, everyPosition, minTracks, k, seed, threads } = options;
  if (queries !== undefined && (holdOut !== undefined || everyPosition))
    throw misuse(
      `${everyPosition ? "--every-position" : "--hold-out"} is for evaluations without --queries`,
      "leave out one of them",
    );
  const trained = await ofOption("--train", () => pathsOf(train, take));
  const asked = queries === undefined ? [] : await ofOption("--queries", () => pathsOf(queries, take));
  const twice = asked.find((path) => trained.includes(path));
  if (twice !== undefined)
    throw misuse(
      `--train and --queries both read ${twice === "/dev/stdin" ? "standard input" : twice}`,
      "give each its own file; to ask about some of the playlists of --train, leave out --queries",
    );
  return {
    train: trained,
    raw: { ...rawFileOptions(options), minTracks },
    asked:
      queries === undefined
        ? { share: holdOut ?? 0.2, positions: everyPosition ? "every" : "last" }
        : { queries: asked },
    ks: k,
    seed,
    threads,
  };
}

/** Milliseconds that a process has to end by itself. */
const patience = 500;

type Done = Extract<EvaluateAnswer, { kind: "done" }>;

/** @param signal ends the other process */
function measureApart(task: EvaluateTask, signal: AbortSignal): Promise<Done> {
  const { progress, clear, tell } = terminalProgress();
  let end: (() => void) | undefined;
  return new Promise<Done>((resolve, reject) => {
    const child = fork(besideUrl(import.meta.url, "./evaluate-worker.js"), {
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.on("message", (answer: EvaluateAnswer) => {
      if (answer.kind === "progress") {
        progress({ ...answer.report, task: `${task.recommender}: ${answer.report.task}` });
      } else if (answer.kind === "told") tell(answer.line);
      else if (answer.kind === "done") resolve(answer);
      else reject(errorFrom(answer.error));
    });
    child.on("error", reject);
    child.on("exit", (code, signal) =>
      reject(
        new SegueError(
          `the process that evaluated ${task.recommender} ended early (${signal ?? `code ${code}`})`,
        ),
      ),
    );
    end = () => void child.kill("SIGKILL");
    // Told first, so that it can put away what it has read.
    signal.addEventListener("abort", () => {
      child.kill();
      setTimeout(end!, patience).unref();
    });
    process.once("exit", end);
    child.send(task);
  }).finally(() => {
    clear();
    if (end !== undefined) process.off("exit", end);
  });
}

function page(table: string, remarks: readonly string[]): string {
  const style =
    "body{font:14px system-ui;margin:2rem}table{border-collapse:collapse}caption{text-align:left;padding:.5rem 0}" +
    "td,th{padding:.3rem .7rem;text-align:right;border-bottom:1px solid #ddd}th:first-child{text-align:left}";
  const notes = remarks.map((remark) => `<p>note: ${escapeHtml(remark)}</p>`).join("");
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Leaderboard</title><style>${style}</style>${table}${notes}</html>\n`;
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
