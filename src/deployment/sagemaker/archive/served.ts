/**
 * Chooses what an image gets: AWS's TensorFlow image gets the bundle's track vectors as a SavedModel, any other image the model
 * unchanged.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { exportVectors, openBundle } from "../../../bundle/index.js";
import { invocationsKOf } from "../../../serving/index.js";
import { aPath, misuse, removeTemporary, requireWithin, temporaryFolder } from "../../../system/index.js";
import type { SageMakerOptions } from "../options/options.js";
import { type Archive, archiveOf } from "./archive.js";

/** Whether the endpoint answers from the bundle's recommender or from a SavedModel of its track vectors. */
export type Serves = "bundle" | "saved-model";

export function servedBy(image: string): Serves {
  return /\/tensorflow-(inference|serving)/.test(image) ? "saved-model" : "bundle";
}

/**
 * Packs what the image needs. For the TensorFlow image, a bundle is exported as a SavedModel in `<endpoint>/1/`.
 *
 * @throws SegueError (misuse) if the TensorFlow image could not load the model: it needs a SavedModel in a folder named by its version,
 *   and silently ignores version 0
 */
export async function archiveFor({
  name,
  model,
  image,
}: Pick<SageMakerOptions, "name" | "model" | "image">): Promise<Archive> {
  requireWithin(aPath, "model", model);
  if (servedBy(image) === "bundle") return archiveOf(model);
  const files = await readdir(model, { recursive: true }).catch(() => undefined);
  // An archive is used unchanged, and `archiveOf` reports a missing one.
  if (files === undefined || files.some((file) => /^([^/]+\/)?[1-9]\d*\/saved_model\.pb$/.test(file)))
    return archiveOf(model);
  if (!files.includes("manifest.json")) {
    throw misuse(
      `the TensorFlow image cannot serve ${model}: it holds no <name>/1/saved_model.pb`,
      "give it a bundle or a SavedModel (segue export)",
    );
  }
  const { vectors, manifest } = await openBundle(model);
  if (vectors === undefined || vectors.length < 2) {
    throw misuse(
      `the TensorFlow image cannot serve ${model}: the bundle has no track vectors, only ${manifest.recommenders.join(", ")}`,
      "put track2vec into the grid, or serve the bundle with Segue's own image (docker/Dockerfile)",
    );
  }
  const folder = await temporaryFolder("saved-model");
  try {
    await exportVectors(vectors, "savedmodel", join(folder, name), { k: invocationsKOf(manifest) });
    return await archiveOf(folder);
  } finally {
    await removeTemporary(folder);
  }
}
