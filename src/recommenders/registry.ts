/** Every recommender by name. */
import { type Catalogue, type Corpus, requireCatalogue, requireCorpus } from "../corpus/index.js";
import {
  asWritten,
  besideWork,
  didYouMean,
  messageOf,
  misuse,
  requireOptions,
  SegueError,
  seeds,
  type ValueRange,
  wholeNumber,
} from "../system/index.js";
import { blend } from "./blend/blend.js";
import type { BlendSettings } from "./blend/settings.js";
import { checkedSettings } from "./check-settings.js";
import type { FitOptions, FittedRecommender, RecommenderKind, RecommenderState } from "./contract.js";
import { encoder } from "./encoder/encoder.js";
import type { EncoderSettings } from "./encoder/settings.js";
import { type ItemToItemSettings, itemToItem } from "./item-to-item.js";
import {
  type ArtistPopularitySettings,
  artistPopularity,
  type PopularitySettings,
  popularity,
  recentPopularity,
} from "./popularity.js";
import { type SessionNeighboursSettings, vsknn, vstan } from "./session-neighbours.js";
import { nearest, type Track2VecSettings, type TrainingSettings, track2vec } from "./track2vec.js";
import { type TransitionsSettings, transitions } from "./transitions.js";

/** The settings of each recommender, by name. */
export interface SettingsByName {
  readonly popularity: PopularitySettings;
  readonly "recent-popularity": PopularitySettings;
  readonly artist: ArtistPopularitySettings;
  readonly nearest: TrainingSettings;
  readonly track2vec: Track2VecSettings;
  readonly transitions: TransitionsSettings;
  readonly "item-to-item": ItemToItemSettings;
  readonly "v-sknn": SessionNeighboursSettings;
  readonly vstan: SessionNeighboursSettings;
  readonly encoder: EncoderSettings;
  readonly blend: BlendSettings;
}

export type RecommenderName = keyof SettingsByName;

/** Every kind of recommender by name, simplest first. */
export const recommenderKinds: { readonly [Name in RecommenderName]: RecommenderKind<SettingsByName[Name]> } =
  {
    popularity,
    "recent-popularity": recentPopularity,
    artist: artistPopularity,
    nearest,
    track2vec,
    transitions,
    "item-to-item": itemToItem,
    "v-sknn": vsknn,
    vstan,
    encoder,
    blend,
  };

/** Whether there is a recommender of that name. */
export function isRecommenderName(name: string): name is RecommenderName {
  return Object.hasOwn(recommenderKinds, name);
}

/** @param besides what the message says after the names */
function kindOf(name: string, besides = ""): RecommenderKind {
  if (isRecommenderName(name)) return recommenderKinds[name];
  const known = Object.keys(recommenderKinds);
  throw misuse(
    `there is no recommender ${typeof name === "string" ? `"${name}"` : asWritten(name)}`,
    `${didYouMean(String(name), known, `There are: ${known.join(", ")}.`)}${besides}`,
  );
}

/**
 * Checks settings as `fitRecommender` does, but without a corpus, so that errors show up before a long read.
 *
 * @param written turns the name of a setting into how messages write it. Default: unchanged
 * @throws SegueError (misuse) if the name or a setting is unknown, a setting is out of range, or settings conflict
 */
export function checkSettings(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  written?: (setting: string) => string,
): void {
  checkedSettings(kindOf(name), settings, written);
}

const fitRanges: Readonly<Record<keyof FitOptions, ValueRange>> = {
  seed: seeds,
  threads: wholeNumber(1),
  ...besideWork,
};

/**
 * Fits a recommender on a corpus.
 *
 * @param name a key of `recommenderKinds`; a plain string, such as one read from a file, is checked at run time
 * @param settings what differs from the kind's `defaults`, each within the kind's `ranges`; undefined counts as not given
 * @throws SegueError (misuse) if the name, a setting or an option is unknown or out of range, or settings conflict;
 *   SegueError code "empty-corpus" if the corpus has no plays
 * @throws the signal's reason
 */
export function fitRecommender<Text extends string>(
  name: Text & (string extends Text ? unknown : never),
  corpus: Corpus,
  settings?: Readonly<Record<string, unknown>>,
  options?: FitOptions,
): Promise<FittedRecommender>;
export function fitRecommender<Name extends RecommenderName>(
  name: Name,
  corpus: Corpus,
  settings?: { readonly [Setting in keyof SettingsByName[Name]]?: SettingsByName[Name][Setting] | undefined },
  options?: FitOptions,
): Promise<FittedRecommender>;
export async function fitRecommender(
  name: string,
  corpus: Corpus,
  settings: Readonly<Record<string, unknown>> = {},
  options: FitOptions = {},
): Promise<FittedRecommender> {
  const kind = kindOf(name);
  requireOptions(options, fitRanges, "fitRecommender");
  const checked = checkedSettings(kind, settings);
  requireCorpus(corpus, "fitRecommender");
  if (corpus.items.length === 0) {
    throw new SegueError(`there is nothing to fit "${name}" on: the corpus holds no plays`, {
      hint: "Check that the training file holds playlists of at least 3 tracks.",
      code: "empty-corpus",
    });
  }
  options.signal?.throwIfAborted();
  return kind.fit(corpus, checked, options);
}

/**
 * Restores a recommender from its state and the catalogue it was fitted on.
 *
 * @throws SegueError (misuse) if it is not a state, its kind is unknown, or the catalogue is missing or has more or fewer tracks
 *   than it was fitted on; SegueError code "older-state" or "newer-state" if this code reads a different version, "corrupt" if
 *   parts of it are missing
 */
export function restoreRecommender(state: RecommenderState, catalogue: Catalogue): FittedRecommender {
  if (
    typeof state?.kind !== "string" ||
    typeof state.arrays !== "object" ||
    typeof state.settings !== "object"
  )
    throw misuse("restoreRecommender needs a recommender's state", "give what its save() returned");
  requireCatalogue(catalogue, "restoreRecommender");
  const own = state.catalogue?.tracks;
  if (own !== undefined && own !== catalogue.tracks.length)
    throw misuse(
      `the recommender "${state.kind}" was fitted on ${own} tracks, this catalogue has ${catalogue.tracks.length}`,
      "give the corpus that it was fitted on, or its bundle's catalogue",
    );
  const kind = kindOf(
    state.kind,
    " One of your own is restored by a function of yours: openBundle(place, { restore }).",
  );
  const version = kind.version ?? 1;
  if (state.version !== version) {
    const newer = state.version > version;
    throw new SegueError(
      `the recommender "${state.kind}" was saved in version ${state.version}, this code reads version ${version}`,
      {
        hint: newer
          ? "Use the version of segue that wrote it, or fit it again."
          : "It was saved by an older segue: fit it again (segue run modeling), or use that older one.",
        code: newer ? "newer-state" : "older-state",
      },
    );
  }
  try {
    return kind.restore(state, catalogue);
  } catch (cause) {
    // A RangeError: a tree whose branches lead back to its root, a length that no array has.
    if (!(cause instanceof TypeError || cause instanceof RangeError)) throw cause;
    throw new SegueError(`the state of the recommender "${state.kind}" is incomplete: ${messageOf(cause)}`, {
      hint: "fit it again",
      code: "corrupt",
      cause,
    });
  }
}
