/** `segue evaluate --leaderboard`: evaluates each recommender in its own process, one at a time, then prints one table. */
import { fork } from "node:child_process";
import type { Entry } from "../../evaluation/index.js";
import {
  besideUrl,
  checkOutput,
  errorFrom,
  escapeHtml,
  explainDiskError,
  messageOf,
  misuse,
  SegueError,
  writeFileAtomic,
} from "../../system/index.js";
import { ofOption } from "../options/of-option.js";
import { htmlNames, requireNamed } from "../options/output-named.js";
import { interruptible } from "../terminal/interruptible.js";
import { terminalProgress } from "../terminal/terminal-progress.js";
import { terminalWidth } from "../terminal/terminal-width.js";
import type { EvaluateAnswer, EvaluateTask } from "./evaluate-worker.js";
import { printRemarks, remarksFor } from "./evaluation-remarks.js";
import { type EvaluateOptions, taskOf } from "./evaluation-task.js";

export async function printLeaderboard(options: EvaluateOptions, names: readonly string[]): Promise<void> {
  if (options.k.length > 1) throw misuse("--leaderboard takes one k");
  if (Object.keys(options.set).length > 0)
    throw misuse("--set is for one recommender, not for --leaderboard");
  const { leaderboard, leaderboardHtml, leaderboardJson, leaderboardText } = await import(
    "../../evaluation/index.js"
  );
  const { html } = options;
  if (html !== undefined)
    await ofOption("--html", () => {
      requireNamed(html, "an HTML", htmlNames);
      return checkOutput(html);
    });
  // Every recommender's process reads the files again, so pipes are not allowed.
  const task = await taskOf(options, { pipes: false });
  const entries: Entry[] = [];
  let playlists: Uint32Array | undefined;
  let asked: Done["asked"] | undefined;
  const failures: Array<{ recommender: string; error: string }> = [];
  const hints = new Set<string>();
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
      if (error.hint !== undefined) hints.add(error.hint);
      // What fails for one for want of a readable file fails for all.
      if (entries.length === 0 && failures.length === Math.min(2, names.length)) throw error;
    }
  }
  const board = leaderboard(entries, { seed: options.seed, ...(playlists && { playlists }) });
  const { mean: hitRatio, low, high } = board.rows[0]!.hitRatio;
  const remarks = await remarksFor({ ...board, ...asked!, hitRatio, interval: [low, high] }, playlists);
  if (options.json) console.log(JSON.stringify({ ...leaderboardJson(board), remarks, failures }));
  else {
    process.stdout.write(leaderboardText(board, { width: terminalWidth() }));
    printRemarks(remarks);
  }
  const problems: string[] = [];
  if (failures.length > 0) {
    const list = failures.map(({ recommender, error }) => `${recommender} (${error})`).join("; ");
    problems.push(`could not evaluate ${list}`);
  }
  // After printing the figures, which took long: a full disk must not lose them.
  if (options.html)
    await writeFileAtomic(options.html, page(leaderboardHtml(board), remarks)).catch((error: unknown) => {
      const explained = explainDiskError(error, options.html);
      problems.push(messageOf(explained));
      if (explained instanceof SegueError && explained.hint !== undefined) hints.add(explained.hint);
    });
  if (problems.length > 0)
    throw new SegueError(problems.join("; "), { hint: [...hints].join("\n") || undefined });
}

/** How long a process may take to end by itself, in ms. */
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
    child.on("exit", (code, signal) => reject(endedEarly(task.recommender, signal ?? `code ${code}`)));
    end = () => void child.kill("SIGKILL");
    // SIGTERM first, so that it can remove its temporary files.
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

function endedEarly(recommender: string, how: string): SegueError {
  return new SegueError(`the process that evaluated ${recommender} ended early (${how})`, {
    hint:
      how === "SIGKILL"
        ? `if it lacked memory: free some, or leave ${recommender} out: --recommender NAME NAME`
        : undefined,
  });
}

function page(table: string, remarks: readonly string[]): string {
  const style =
    ":root{color-scheme:light dark}body{font:14px system-ui;margin:1rem}h1{font-size:1.4em}table{border-collapse:collapse}caption{text-align:left;padding:.5rem 0}" +
    "td,th{padding:.3rem .5rem;text-align:right;white-space:nowrap;border-bottom:1px solid #8884}th:first-child{text-align:left}" +
    // A table wider than the window scrolls horizontally, with its first column fixed; print uses landscape.
    ".wide{overflow-x:auto}tbody th{position:sticky;left:0;background:Canvas}" +
    "@page{size:landscape}@media print{body{margin:0;font-size:10px}td,th{padding:.2rem .3rem}}";
  const notes = remarks.map((remark) => `<p>note: ${escapeHtml(remark)}</p>`).join("");
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Leaderboard</title><style>${style}</style><main><h1>Leaderboard</h1><div class="wide" tabindex="0" role="region" aria-label="Leaderboard">${table}</div>${notes}</main></html>\n`;
}
