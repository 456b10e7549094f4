/** The entry point of a thread that gathers what the ranker learns from: shares of folds, one after the other. */
import { parentPort, workerData } from "node:worker_threads";
import type { Corpus } from "../../corpus/index.js";
import { SegueError } from "../../system/index.js";
import { FoldSources, type Share } from "./fold.js";
import type { HeldBack } from "./held-back.js";
import type { BlendSettings } from "./settings.js";

export interface GatherTask {
  readonly share: Share;
  readonly meritWeights: Float64Array;
}

export type GatherAnswer =
  | { readonly data: HeldBack }
  | { readonly message: string; readonly hint?: string | undefined; readonly code?: string | undefined };

const { corpus, settings } = workerData as {
  corpus: Corpus;
  settings: BlendSettings & { readonly later: number };
};

parentPort!.on("message", ({ share, meritWeights }: GatherTask) => {
  try {
    const sources = new FoldSources(corpus, share, share.vectors, settings);
    sources.signals.meritWeights = meritWeights;
    const data = sources.gather(share, settings);
    const { values, weights, relevance } = data;
    const handed = [values, weights, relevance].map(({ buffer }) => buffer as ArrayBuffer);
    parentPort!.postMessage({ data } satisfies GatherAnswer, handed);
  } catch (error) {
    if (!(error instanceof SegueError)) throw error;
    const { message, hint, code } = error;
    parentPort!.postMessage({ message, hint, code } satisfies GatherAnswer);
  }
});
