/** Models from bundles on disk. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { manifestName } from "../../bundle/bundles-in.js";
import type { Bundle, BundleContents, Manifest } from "../../bundle/index.js";
import {
  didYouMean,
  misuse,
  requireOptions,
  someText,
  trueOrFalse,
  type ValueRange,
} from "../../system/index.js";
import type { ServedModel } from "../answers/served-model.js";
import { openThreads } from "../answers/threads.js";
import { defaultInvocationsK, workerCounts } from "../options.js";
import { bundlePath, isFolder, requirePlace } from "./bundle-path.js";
import type { ModelSource } from "./model-source.js";

export interface BundleOptions {
  /** The recommender that answers; default: the bundle's own choice. */
  readonly recommender?: string;
  /** Worker threads that answer, 1 to 256; default 1. Used by `startServer`; `openServedModel` opens the model in the calling thread. */
  readonly threads?: number;
}

const bundleOptions: Readonly<Record<keyof BundleOptions, ValueRange>> = {
  recommender: someText,
  threads: workerCounts,
};

/**
 * A source of models from the bundle at `place`. Each `open` looks again which bundle that is.
 *
 * @throws SegueError (misuse) if `place` is not a string, or an option is unknown or out of range
 */
export function bundleSource(place: string, options: BundleOptions = {}): ModelSource {
  requirePlace(place);
  requireOptions(options, bundleOptions, "bundleSource");
  const { recommender, threads } = options;
  return {
    place,
    fingerprint: async () => {
      const found = await bundlePath(place);
      const { mtimeMs, size, ino } = await stat((await isFolder(found)) ? join(found, manifestName) : found);
      return `${found} ${ino} ${size} ${mtimeMs}`;
    },
    open: () => openServedModel(place, options),
    openBeside: (hooks) => openThreads({ place, recommender }, { ...hooks, threads }),
  };
}

export interface ServedModelOptions extends BundleOptions {
  /** Restores only the recommender that answers, and `popularity`, which answers if that one has no answer; default false. */
  readonly onlyWhatAnswers?: boolean;
}

/**
 * Opens a bundle in the calling thread, to answer from it.
 *
 * @throws SegueError if there is no bundle, it is damaged, or it has no recommender with that name; (misuse) if an option is unknown or
 *   out of range
 */
export async function openServedModel(place: string, options: ServedModelOptions = {}): Promise<ServedModel> {
  requireOptions(options, { ...bundleOptions, onlyWhatAnswers: trueOrFalse }, "openServedModel");
  return servedModelOf(await bundlePath(place), place, options);
}

/**
 * @param bundle the path of a bundle, or its contents
 * @param place for messages
 */
export async function servedModelOf(
  bundle: string | BundleContents,
  place: string,
  options: Omit<ServedModelOptions, "threads">,
): Promise<ServedModel> {
  // Imported here, since a server whose threads read the bundle does not need it.
  const { bundleOf, openBundle } = await import("../../bundle/index.js");
  return modelIn(typeof bundle === "string" ? await openBundle(bundle) : bundleOf(bundle), place, options);
}

/** The model in an open bundle; otherwise as `servedModelOf`. */
export function modelIn(
  opened: Bundle,
  place: string,
  options: Omit<ServedModelOptions, "threads"> = {},
): ServedModel {
  const { manifest, catalogue } = opened;
  const names = manifest.recommenders;
  const chosen = options.recommender ?? names[0];
  if (chosen === undefined)
    throw misuse(`the bundle ${place} holds no recommender: it can be exported, not served`);
  if (!names.includes(chosen)) {
    throw misuse(
      `the bundle ${place} has no recommender named "${chosen}"`,
      didYouMean(chosen, names, `it has: ${names.join(", ")}`),
    );
  }
  const restored = options.onlyWhatAnswers
    ? names.filter((name) => name === chosen || name === "popularity")
    : names;
  return {
    version: manifest.id,
    catalogue,
    recommenders: Object.fromEntries(restored.map((name) => [name, opened.recommender(name)])),
    defaultRecommender: chosen,
    invocationsK: invocationsKOf(manifest),
  };
}

/** How many tracks `/invocations` of this bundle returns: its `knn_k`, if it has one. */
export function invocationsKOf({ parameters: { knn_k: k } }: Manifest): number {
  return typeof k === "number" ? k : defaultInvocationsK;
}
