/**
 * Writes the best model, the best track vectors and popularity as a fallback to one bundle, and reads it back. States are copied from
 * bundle to bundle without restoring a recommender.
 */
import { type Bundle, checkBundle, type Manifest, openBundle, writeBundle } from "../../bundle/index.js";
import { type Catalogue, readCorpusPlays } from "../../corpus/index.js";
import { fitRecommender, nearestOf, type RecommenderState } from "../../recommenders/index.js";
import { SegueError, sha256Of } from "../../system/index.js";

export interface BuildOptions {
  /** The folder of the best model. */
  readonly model: string;
  /** The folder of the best model with track vectors, for exports and for `nearest`. */
  readonly nearest?: string;
  /** The train part that they were fitted on, a corpus file: used for popularity and the manifest's data fingerprint. */
  readonly train: string;
  /** Kept in the manifest beside the model's own settings. `knn_k` is how many tracks `/invocations` answers with. */
  readonly parameters: { readonly knn_k: number } & Readonly<Record<string, unknown>>;
  /** Kept in the manifest: the figures of the evaluation. */
  readonly metrics: Readonly<Record<string, unknown>>;
}

/** Writes the bundle to `folder`. @returns its manifest, read back and checked */
export async function buildBundle(folder: string, options: BuildOptions): Promise<Manifest> {
  const best = await openBundle(options.model);
  const { catalogue } = best;
  const name = best.manifest.recommenders[0]!;
  const recommenders: Record<string, RecommenderState> = { [name]: best.state() };
  const near = await nearestBundle(options, best);
  // Row numbers refer to the bundle's own catalogue.
  const vectorRows = near?.catalogue === catalogue ? near.vectorRows : undefined;
  const vectors = near?.vectors;
  if (vectors !== undefined)
    recommenders.nearest ??= nearestOf(vectors, catalogue, { numbers: vectorRows }).save();
  recommenders.popularity ??= await popularityOf(options.train, catalogue);
  const { parameters, metrics, train } = options;
  await writeBundle(folder, {
    catalogue,
    recommenders,
    vectors,
    vectorRows,
    parameters: { ...best.manifest.parameters, ...parameters },
    metrics,
    dataFingerprint: await sha256Of(train),
  });
  return checkBundle(folder);
}

/** The bundle whose vectors are used: that of the best vectors, else that of the best model; undefined if neither has any. */
async function nearestBundle({ model, nearest }: BuildOptions, best: Bundle): Promise<Bundle | undefined> {
  if (nearest !== undefined && nearest !== model) {
    const other = await openBundle(nearest, { beside: best });
    if (other.vectors !== undefined) return other;
  }
  return best.vectors && best;
}

async function popularityOf(train: string, { tracks }: Catalogue): Promise<RecommenderState> {
  // Reads no names: the train part numbers tracks like the model.
  const { offsets, items, trackCount } = await readCorpusPlays(train);
  if (trackCount !== tracks.length) {
    throw new SegueError(
      `the model knows ${tracks.length} tracks, the train part has ${trackCount}: they do not belong together`,
      { hint: "train again: segue run modeling" },
    );
  }
  return (await fitRecommender("popularity", { tracks, offsets, items })).save();
}
