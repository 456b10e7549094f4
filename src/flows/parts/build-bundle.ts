/**
 * Puts the best model, the best track vectors and what answers where both know nothing into one bundle, and reads it back.
 * States go from bundle to bundle as they are: no recommender is restored for it.
 */
import { type Manifest, openBundle, sha256Of, writeBundle } from "../../bundle/index.js";
import { readCorpus } from "../../playlists/index.js";
import { fitRecommender, nearestOf, type RecommenderState } from "../../recommenders/index.js";
import { SegueError } from "../../system/index.js";

export interface BuildOptions {
  /** The folder of the best model. */
  readonly model: string;
  /** The folder of the best model with track vectors, for exports and for `nearest`. */
  readonly nearest?: string;
  /** The train part that they were fitted on, a corpus file or Parquet: popularity is counted on it, and it is the data that the
   * manifest's fingerprint is of. */
  readonly train: string;
  /** Kept in the manifest beside the model's own settings. `knn_k` is how many tracks `/invocations` answers with. */
  readonly parameters: { readonly knn_k: number } & Readonly<Record<string, unknown>>;
  /** Kept in the manifest: the figures of the evaluation. */
  readonly metrics: Readonly<Record<string, unknown>>;
}

/** @returns the manifest of the bundle at `folder`, read back and checked */
export async function buildBundle(folder: string, options: BuildOptions): Promise<Manifest> {
  const best = await openBundle(options.model);
  const { catalogue } = best;
  const name = best.manifest.recommenders[0]!;
  const recommenders: Record<string, RecommenderState> = { [name]: best.state() };
  const vectors =
    (options.nearest === undefined ? undefined : (await openBundle(options.nearest)).vectors) ?? best.vectors;
  if (vectors !== undefined) recommenders.nearest ??= nearestOf(vectors, catalogue).save();
  recommenders.popularity ??= await popularityOf(options.train, catalogue.tracks.length);
  const { parameters, metrics, train } = options;
  await writeBundle(folder, {
    catalogue,
    recommenders,
    ...(vectors === undefined ? {} : { vectors }),
    parameters: { ...best.manifest.parameters, ...parameters },
    metrics,
    dataFingerprint: await sha256Of(train),
  });
  const { manifest } = await openBundle(folder);
  return manifest;
}

async function popularityOf(train: string, tracks: number): Promise<RecommenderState> {
  const corpus = await readCorpus(train);
  if (corpus.tracks.length !== tracks) {
    throw new SegueError(
      `the model knows ${tracks} tracks, the train part has ${corpus.tracks.length}: they do not belong together`,
      { hint: "train again: segue run modeling" },
    );
  }
  return (await fitRecommender("popularity", corpus)).save();
}
