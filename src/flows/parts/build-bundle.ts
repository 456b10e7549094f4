/** Puts the best model, the best track vectors and what answers where both know nothing into one bundle, and reads it back. */
import { openBundle, writeBundle } from "../../bundle/index.js";
import { isTrackVectorModel, nearestOf, type RecommenderState } from "../../recommenders/index.js";

export interface BuildOptions {
  /** The folder of the best model. */
  readonly model: string;
  /** The folder of the best model with track vectors, for exports and for `nearest`. */
  readonly nearest?: string;
  /** Kept in the manifest: the figures of the evaluation, and what the data was. */
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly dataFingerprint?: string;
}

/** @returns the manifest of the bundle at `folder`, read back and checked */
export async function buildBundle(folder: string, options: BuildOptions) {
  const best = await openBundle(options.model);
  const model = best.recommender();
  const recommenders: Record<string, RecommenderState> = { [model.name]: model.save() };
  let vectors = best.vectors;
  if (options.nearest !== undefined) {
    const nearest = (await openBundle(options.nearest)).recommender();
    if (isTrackVectorModel(nearest)) {
      vectors = nearest.vectors;
      recommenders.nearest ??= nearestOf(vectors, best.catalogue).save();
    }
  }
  await writeBundle(folder, {
    catalogue: best.catalogue,
    recommenders,
    ...(vectors === undefined ? {} : { vectors }),
    parameters: best.manifest.parameters,
    metrics: options.metrics,
    ...(options.dataFingerprint === undefined ? {} : { dataFingerprint: options.dataFingerprint }),
  });
  const { manifest } = await openBundle(folder);
  return manifest;
}
