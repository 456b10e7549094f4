/** Entry point of a thread that gathers the ranker's training data: shares of folds, one after another. */
import { parentPort, workerData } from "node:worker_threads";
import type { Corpus } from "../../../corpus/index.js";
import { atOnce } from "../../../system/index.js";
import { say } from "../../core/asking/asked-thread.js";
import type { BlendSettings } from "../settings.js";
import { FoldSources, type Share } from "./fold.js";

export interface GatherTask {
  readonly share: Share;
  readonly meritWeights: Float64Array;
}

const { corpus, settings } = workerData as {
  corpus: Corpus;
  settings: BlendSettings & { readonly later: number };
};

parentPort!.on("message", ({ share, meritWeights }: GatherTask) =>
  say(
    () => {
      const sources = new FoldSources(corpus, share, share.encoder, settings);
      sources.signals.meritWeights = meritWeights;
      return atOnce(sources.gather(share, settings));
    },
    ({ values, weights, relevance }) =>
      [values, weights, relevance].map(({ buffer }) => buffer as ArrayBuffer),
  ),
);
