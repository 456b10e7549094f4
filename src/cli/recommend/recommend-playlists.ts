/** `segue recommend --playlists`: what should play next in each playlist of a file. */
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import { type Corpus, playlistCount } from "../../corpus/index.js";
import { parallelRecommender, type Rules } from "../../recommenders/index.js";
import type { LiveModel } from "../../serving/index.js";
import { misuse, throttled, usableCores, writeAtomically } from "../../system/index.js";
import { printable } from "../../workflow/terminal/text/printable.js";
import { ofOption } from "../options/of-option.js";
import { requireApart } from "../options/output-apart.js";
import { pathsOf } from "../options/paths-of.js";
import { type RawFileOptions, rawFileOptions } from "../playlists/raw-files.js";
import { readPlaylists } from "../playlists/read-playlists.js";
import { interruptible } from "../terminal/interruptible.js";
import { terminalProgress } from "../terminal/terminal-progress.js";
import { type Asked, answersForm, checkAnswersFile, isM3u } from "./answers-file.js";
import { type AnswerOptions, answered } from "./recommend-answers.js";
import { shortfall, wantedOf } from "./recommend-remarks.js";
import type { Shown } from "./recommendation-text.js";

export interface PlaylistsOptions extends AnswerOptions, RawFileOptions {
  readonly playlists: readonly string[];
  /** Default: JSON lines on standard output. */
  readonly output?: string;
  readonly json?: boolean;
}

type Answered = readonly [Asked, readonly Shown[]];

/** Checks the paths. @returns the files to read */
export async function playlistPaths({ playlists, output }: PlaylistsOptions): Promise<string[]> {
  const paths = await ofOption("--playlists", () => pathsOf(playlists, { pipes: true }));
  if (output !== undefined) {
    await checkAnswersFile(output);
    await requireApart(output, "--output", paths);
  }
  return paths;
}

/**
 * Writes the answer for each playlist, in their order.
 *
 * @param paths from `playlistPaths`
 * @throws SegueError as `readPlaylists`; (misuse) if there are several playlists for one M3U file
 */
export async function recommendForPlaylists(
  live: LiveModel,
  paths: readonly string[],
  rules: Rules,
  options: PlaylistsOptions,
): Promise<void> {
  const { output } = options;
  const { progress, clear, tell } = terminalProgress();
  const began = performance.now();
  const written = await interruptible(async (signal) => {
    const reading = { progress, signal, tell, usualMinTracks: 1, ...rawFileOptions(options) };
    const corpus = await readPlaylists(paths, reading);
    const tracks = await live.meant(corpus.tracks);
    tellNames(live, corpus.tracks, tracks, tell);
    const asked = askedIn(corpus, tracks);
    const total = playlistCount(corpus);
    if (total > 1 && isM3u(output))
      throw misuse(
        `${output} would hold one playlist, and there are ${total.toLocaleString("en")}`,
        "Name a .csv or .jsonl file, or recommend for one playlist.",
      );
    const told = throttled(progress);
    const text = async function* () {
      const { header, textOf } = answersForm(output, live);
      const shown = output === undefined && process.stdout.isTTY ? printable : (line: string) => line;
      yield header;
      let done = 0;
      let short = 0;
      let first: Answered | undefined;
      for await (const [each, answer] of answersTo(live, asked, total, rules, options)) {
        yield shown(textOf(each, answer));
        if (answer.length < (options.extend ? options.k : 1) && short++ === 0) first = [each, answer];
        told({ task: "recommending", done: ++done, total, unit: "playlists" });
      }
      // Finding out why takes much longer than an answer.
      if (first !== undefined) {
        const why = await whyShort(live, first, rules, options);
        tell(
          `${of(short, total)} playlists have no answer, or fewer tracks than asked for: "${first[0].id}": ${why} …`,
        );
      }
    };
    if (output === undefined)
      await pipeline(text, process.stdout, { signal, end: false }).catch((error: NodeJS.ErrnoException) => {
        // A reader that closes early ("segue recommend … | head") is not an error.
        if (error.code !== "EPIPE") throw error;
      });
    else
      await ofOption("--output", () =>
        writeAtomically(output, (path) =>
          pipeline(text, createWriteStream(path, { flags: "wx" }), { signal }),
        ),
      );
    return total;
  }).finally(clear);
  const seconds = (performance.now() - began) / 1000;
  if (output === undefined) return;
  if (options.json) console.log(JSON.stringify({ output, playlists: written, seconds }));
  else {
    const whom = written === 1 ? "one playlist" : `each of ${written.toLocaleString("en")} playlists`;
    console.log(`${output}: ${options.k} tracks for ${whom}`);
  }
}

function* askedIn({ offsets, items, playlistIds, titles }: Corpus, tracks: readonly string[]) {
  for (let p = 0; p + 1 < offsets.length; p++) {
    const title = titles?.[p];
    const asked: Asked = {
      id: playlistIds?.[p] ?? String(p),
      tracks: Array.from(items.subarray(offsets[p]!, offsets[p + 1]!), (track) => tracks[track]!),
      ...(title ? { title } : {}),
    };
    yield asked;
  }
}

/** Playlists that a thread answers at once. */
const batchSize = 64;
/** With fewer playlists, threads would take longer to restore the model than to answer. */
const perThread = 1000;

/** The answers in the order of the playlists. Without rules, extending and reasons, threads share the work. */
async function* answersTo(
  live: LiveModel,
  playlists: Iterable<Asked>,
  count: number,
  rules: Rules,
  options: AnswerOptions,
): AsyncGenerator<Answered> {
  const threads = Math.min(usableCores(), Math.floor(count / perThread));
  if (threads < 2 || options.extend || options.explain || Object.keys(rules).length > 0) {
    for (const each of playlists) {
      yield [each, (await answered(live, each, rules, options)).answer];
      // Signals and the progress need a turn: Ctrl-C waited for the last playlist.
      await setImmediate();
    }
    return;
  }
  const parallel = await parallelRecommender(live.recommender()!, live.model.catalogue, threads);
  const answers = async (batch: readonly Asked[]) => {
    const rankings = await parallel.recommend(batch, options.k);
    return Promise.all(
      rankings.map(async ({ tracks, scores }, i): Promise<Answered> => {
        const each = batch[i]!;
        // If the recommender has no answer, another may.
        if (tracks.length === 0) return [each, (await answered(live, each, rules, options)).answer];
        return [each, tracks.map((track, t) => ({ track, score: scores[t]! }))];
      }),
    );
  };
  try {
    const waiting: Promise<Answered[]>[] = [];
    for (const batch of batches(playlists)) {
      const next = answers(batch);
      // A failure while an earlier batch is awaited is handled when this one's turn comes.
      next.catch(() => {});
      waiting.push(next);
      if (waiting.length > 2 * threads) yield* await waiting.shift()!;
    }
    for (const rest of waiting) yield* await rest;
  } finally {
    await parallel.close();
  }
}

function* batches(playlists: Iterable<Asked>): Generator<Asked[]> {
  let batch: Asked[] = [];
  for (const each of playlists) {
    batch.push(each);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Why an answer has no track, or fewer than asked for. */
async function whyShort(
  live: LiveModel,
  [context, answer]: Answered,
  rules: Rules,
  options: AnswerOptions,
): Promise<string> {
  const { recommender } = await answered(live, context, rules, options);
  return shortfall({
    ...{ live, recommender, context },
    answer: answer.map(({ track }) => track),
    ...wantedOf(rules, options),
  }).join();
}

/** Tells how many names were matched by their words, and how many are unknown. */
function tellNames(
  live: LiveModel,
  named: readonly string[],
  meant: readonly string[],
  tell: (line: string) => void,
): void {
  const count = (tracks: readonly string[]) => `${of(tracks.length, named.length)} tracks`;
  const matched = named.filter((track, i) => track !== meant[i] && live.knows(meant[i]!));
  if (matched.length > 0) {
    const [first] = matched;
    tell(
      `${count(matched)} are written otherwise: "${first}" is read as "${meant[named.indexOf(first!)]}" …`,
    );
  }
  const unknown = named.filter((_, i) => !live.knows(meant[i]!));
  if (unknown.length > 0) tell(`${count(unknown)} are not known: "${unknown[0]}" …`);
}

const of = (some: number, all: number) => `${some.toLocaleString("en")} of ${all.toLocaleString("en")}`;
