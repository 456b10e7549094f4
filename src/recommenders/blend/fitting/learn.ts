/** Fits the blend's first guess and trees on playlists that are held back from the sources. */
import type { Corpus } from "../../../corpus/index.js";
import {
  besideUrl,
  inSlices,
  type Random,
  silent,
  untilAborted,
  usableCores,
} from "../../../system/index.js";
import type { FitOptions } from "../../contract.js";
import { AskedThread } from "../../core/asking/asked-thread.js";
import {
  meanLength,
  type Sessions,
  sessionCount,
  sessionsOf,
  sliceSessions,
} from "../../core/plays/sessions.js";
import { type EncoderModel, noEncoder } from "../../encoder/encoder-model.js";
import { encoderDefaults, trainingFor } from "../../encoder/settings.js";
import { trainEncoder } from "../../encoder/train-encoder.js";
import { meritInputs } from "../features/columns.js";
import type { BlendSettings } from "../settings.js";
import { boostSteps } from "../trees/boost.js";
import type { ForestArrays } from "../trees/forest.js";
import { type Fold, FoldSources, outside, type Share } from "./fold.js";
import type { GatherTask } from "./gather-worker.js";
import { type HeldBack, howToHoldBack, joined, placesOf } from "./held-back.js";
import { fitMerit } from "./merit.js";

/** Trains the encoder on these playlists; with "auto" epochs there is none if they are long or hardly share tracks. */
export async function encoderOf(
  corpus: Corpus,
  { vectorSize, vectorEpochs }: BlendSettings,
  seed: number,
  options: FitOptions,
): Promise<EncoderModel> {
  const sessions = sessionsOf(corpus);
  if (vectorEpochs === 0) return noEncoder;
  if (vectorEpochs === "auto" && (meanLength(sessions) >= 20 || !haveShared(sessions))) return noEncoder;
  const settings = { ...encoderDefaults, vectorSize, epochs: vectorEpochs };
  return trainEncoder(sessions, trainingFor(settings, sessions), { ...options, seed });
}

/** Whether at least a tenth of the plays are of a track played before: without such, a code is near only what links say follows. */
function haveShared({ items, trackCount }: Sessions): boolean {
  const isPlayed = new Uint8Array(trackCount);
  for (const track of items) isPlayed[track] = 1;
  return isPlayed.reduce((sum, played) => sum + played, 0) <= 0.9 * items.length;
}

/** More threads need much memory and gain little: each gathers with its own sources, and each part of a count reads all rows. */
const mostThreads = 8;
/**
 * Each gathering thread needs its own copy of the sources, and its start takes as long as gathering from a few thousand plays. With more
 * plays than the first figure, or fewer than the second, this thread gathers alone.
 */
const mostSharedPlays = 4_000_000;
const fewPlays = 10_000;

/**
 * Fits the first guess and the trees on held-back playlists.
 *
 * @throws the signal's reason; the signal is checked after each query and each tree
 */
export async function learn(
  corpus: Corpus,
  settings: BlendSettings & { readonly later: number },
  encoderSeed: number,
  random: Random,
  options: FitOptions,
): Promise<{ trees: ForestArrays; meritWeights: Float64Array }> {
  const threads = Math.min(options.threads ?? usableCores(), mostThreads);
  const plays = corpus.items.length;
  const gathering = plays < fewPlays || plays > mostSharedPlays ? 1 : threads;
  const { progress = silent, signal } = options;
  const shares = await sharesOf(corpus, settings, gathering, encoderSeed, random, options);
  const helpers = Array.from({ length: Math.min(gathering, shares.length) - 1 }, () =>
    gatherThread(corpus, settings),
  );
  try {
    let sources: FoldSources | undefined = new FoldSources(corpus, shares[0]!, shares[0]!.encoder, settings);
    const few = placesOf(sources.held, Math.min(settings.queries, 2000), random);
    const gathered = sources.gather(
      { places: few, firstSeed: random.uint32() },
      { hard: 60, easy: 60, later: settings.later },
    );
    const meritWeights = fitMerit(await inSlices(gathered, signal), { inputs: meritInputs, passes: 5 });
    // Shares go round-robin to this thread and the helpers; their results are joined in the order of shares.
    const lanes = helpers.length + 1;
    const told = shares.map((share, s) =>
      s % lanes === 0 ? undefined : helpers[(s % lanes) - 1]!.ask({ share, meritWeights }),
    );
    const parts: HeldBack[] = [];
    for (const [s, share] of shares.entries()) {
      if (told[s]) continue;
      if (sources?.fold !== share) sources = undefined;
      sources ??= new FoldSources(corpus, share, share.encoder, settings);
      sources.signals.meritWeights = meritWeights;
      const steps = sources.gather(share, settings, (done) => {
        if (done % 500 === 0)
          progress({ task: "gathering", done, total: share.places.length, unit: "queries" });
      });
      parts[s] = await inSlices(steps, signal);
    }
    sources = undefined;
    for (const [s, answer] of told.entries()) if (answer) parts[s] = await untilAborted(answer, signal);
    for (const { reached, asked } of parts)
      progress({ task: "gathered", done: asked, note: `reach ${reached}/${asked}` });
    const growing = boostSteps(joined(parts), settings, {
      seed: random.uint32(),
      threads,
      onTree: (tree, loss) =>
        progress({
          task: "boosting",
          done: tree + 1,
          total: settings.trees,
          note: `loss ${loss.toFixed(4)}`,
        }),
    });
    return { trees: await inSlices(growing, signal), meritWeights };
  } finally {
    for (const helper of helpers) void helper.end();
  }
}

/** The folds; a single fold is cut into one share per thread. The queries do not depend on the number of threads. */
async function sharesOf(
  corpus: Corpus,
  settings: BlendSettings & { readonly later: number },
  threads: number,
  encoderSeed: number,
  random: Random,
  options: FitOptions,
): Promise<Share[]> {
  const sessions = sessionsOf(corpus);
  const count = sessionCount(sessions);
  const { folds, tail } = howToHoldBack(settings, count);
  const shares: Share[] = [];
  for (let f = 0; f < folds; f++) {
    const from = Math.max(1, count - Math.round(count * tail * (f + 1)));
    // With one or two playlists, the last fold would end before it begins.
    const fold: Fold = { from, to: Math.max(from, count - Math.round(count * tail * f)) };
    const encoder = await encoderOf(outside(corpus, fold), settings, encoderSeed, options);
    const held = sliceSessions(sessions, fold.from, fold.to);
    const places = placesOf(held, Math.ceil(settings.queries / folds), random);
    const seed = random.uint32();
    const cuts = folds === 1 ? threads : 1;
    for (let c = 0; c < cuts; c++) {
      const first = Math.floor((places.length * c) / cuts);
      const end = Math.floor((places.length * (c + 1)) / cuts);
      shares.push({ ...fold, encoder, places: places.slice(first, end), firstSeed: seed + first });
    }
  }
  return shares;
}

/** Starts a thread that gathers shares. */
function gatherThread({ tracks, artists, offsets, items, titles }: Corpus, settings: BlendSettings) {
  const workerData = { corpus: { tracks, artists, offsets, items, titles }, settings };
  const url = besideUrl(import.meta.url, "./gather-worker.js");
  return new AskedThread<GatherTask, HeldBack>(url, workerData, "gathers");
}
