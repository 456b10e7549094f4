/** Fitting the blend: the first guess and the trees, on playlists that are held back from the sources. */
import { availableParallelism } from "node:os";
import type { Corpus } from "../../corpus/index.js";
import { besideUrl, inSlices, type Random, silent, untilAborted } from "../../system/index.js";
import { trainTrack2Vec } from "../../track2vec/index.js";
import type { FitOptions } from "../contract.js";
import { AskedThread } from "../core/asked-thread.js";
import { meanLength, sessionCount, sessionsOf, sliceSessions } from "../core/sessions.js";
import { trackMatrix } from "../core/track-matrix.js";
import { boostSteps } from "./boost.js";
import { meritInputs } from "./columns.js";
import { type Fold, FoldSources, outside, type Share } from "./fold.js";
import type { ForestArrays } from "./forest.js";
import type { GatherTask } from "./gather-worker.js";
import { type HeldBack, howToHoldBack, joined, placesOf } from "./held-back.js";
import { fitMerit } from "./merit.js";
import type { BlendSettings } from "./settings.js";

function epochsFor(corpus: Corpus): number {
  return meanLength(sessionsOf(corpus)) < 20 ? 6 : 0;
}

/** Vectors of the tracks that occur often enough; none where no track does. */
export async function vectorsOf(corpus: Corpus, settings: BlendSettings, seed: number, options: FitOptions) {
  const { vectorSize } = settings;
  const vectorEpochs = settings.vectorEpochs === "auto" ? epochsFor(corpus) : settings.vectorEpochs;
  const none = { size: 0, units: new Float32Array(0), outputs: new Float32Array(0) };
  if (vectorEpochs === 0) return none;
  const counts = new Uint32Array(corpus.tracks.length);
  for (const track of corpus.items) counts[track]! += 1;
  const minCount = 2;
  if (!counts.some((count) => count >= minCount)) return none;
  const { vectors } = await trainTrack2Vec(corpus, {
    sg: true,
    vectorSize,
    window: 10,
    minCount,
    epochs: vectorEpochs,
    sample: 1e-3,
    seed,
    threads: options.threads,
    progress: options.progress,
    signal: options.signal,
  });
  return trackMatrix(corpus, vectors);
}

/** More threads hold much and bring little: each gathers with sources of its own, and each part of a count goes over all rows. */
const mostThreads = 8;
/**
 * Who gathers beside this thread holds the sources once more, and takes as long to start as a few thousand plays take to be gathered from:
 * where there are more plays, or fewer, this thread gathers alone.
 */
const mostSharedPlays = 4_000_000;
const fewPlays = 10_000;

/**
 * Fits the first guess and the trees on playlists that are held back. What it learns from is gone when it returns.
 *
 * @throws the signal's reason; the signal is looked at after each query and each tree
 */
export async function learn(
  corpus: Corpus,
  settings: BlendSettings & { readonly later: number },
  vectorSeed: number,
  random: Random,
  options: FitOptions,
): Promise<{ trees: ForestArrays; meritWeights: Float64Array }> {
  const threads = Math.min(options.threads ?? availableParallelism(), mostThreads);
  const plays = corpus.items.length;
  const gathering = plays < fewPlays || plays > mostSharedPlays ? 1 : threads;
  const { progress = silent, signal } = options;
  const shares = await sharesOf(corpus, settings, gathering, vectorSeed, random, options);
  const helpers = Array.from({ length: Math.min(gathering, shares.length) - 1 }, () =>
    gatherThread(corpus, settings),
  );
  try {
    let sources: FoldSources | undefined = new FoldSources(corpus, shares[0]!, shares[0]!.vectors, settings);
    const few = placesOf(sources.held, Math.min(settings.queries, 2000), random);
    const gathered = sources.gather(
      { places: few, firstSeed: random.uint32() },
      { hard: 60, easy: 60, later: settings.later },
    );
    const meritWeights = fitMerit(await inSlices(gathered, signal), { inputs: meritInputs, passes: 5 });
    // Dealt out in turns, the first of each turn to this thread; answers are put together in the order of shares.
    const lanes = helpers.length + 1;
    const told = shares.map((share, s) =>
      s % lanes === 0 ? undefined : helpers[(s % lanes) - 1]!.ask({ share, meritWeights }),
    );
    const parts: HeldBack[] = [];
    for (const [s, share] of shares.entries()) {
      if (told[s]) continue;
      if (sources?.fold !== share) sources = undefined;
      sources ??= new FoldSources(corpus, share, share.vectors, settings);
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

/** The folds; where there is one alone, as many shares of it as there are threads. What is asked for depends on no number of threads. */
async function sharesOf(
  corpus: Corpus,
  settings: BlendSettings & { readonly later: number },
  threads: number,
  vectorSeed: number,
  random: Random,
  options: FitOptions,
): Promise<Share[]> {
  const sessions = sessionsOf(corpus);
  const count = sessionCount(sessions);
  const { folds, tail } = howToHoldBack(settings, count);
  const shares: Share[] = [];
  for (let f = 0; f < folds; f++) {
    const from = Math.max(1, count - Math.round(count * tail * (f + 1)));
    // Of a single playlist, or two, a last fold would end before it begins.
    const fold: Fold = { from, to: Math.max(from, count - Math.round(count * tail * f)) };
    const vectors = await vectorsOf(outside(corpus, fold), settings, vectorSeed, options);
    const held = sliceSessions(sessions, fold.from, fold.to);
    const places = placesOf(held, Math.ceil(settings.queries / folds), random);
    const seed = random.uint32();
    const cuts = folds === 1 ? threads : 1;
    for (let c = 0; c < cuts; c++) {
      const first = Math.floor((places.length * c) / cuts);
      const end = Math.floor((places.length * (c + 1)) / cuts);
      shares.push({ ...fold, vectors, places: places.slice(first, end), firstSeed: seed + first });
    }
  }
  return shares;
}

/** A thread that gathers shares while this one is busy. */
function gatherThread({ tracks, artists, offsets, items, titles }: Corpus, settings: BlendSettings) {
  const workerData = { corpus: { tracks, artists, offsets, items, titles }, settings };
  const url = besideUrl(import.meta.url, "./gather-worker.js");
  return new AskedThread<GatherTask, HeldBack>(url, workerData, "gathers");
}
