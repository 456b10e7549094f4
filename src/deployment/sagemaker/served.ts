/**
 * What which image is given: AWS's TensorFlow image gets the bundle's track vectors as a SavedModel, any other image the
 * model as it is.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { exportVectors, openBundle } from "../../bundle/index.js";
import { aPath, misuse, requireWithin, temporaryFolder } from "../../system/index.js";
import { invocationsKOf } from "../bundle-answers.js";
import { type Archive, archiveOf } from "./archive.js";
import type { SageMakerOptions } from "./options.js";

/** Which answers the endpoint gives: those of the bundle's recommender, or those of a SavedModel of its track vectors. */
export type Serves = "bundle" | "saved-model";

export function servedBy(image: string): Serves {
  return /\/tensorflow-(inference|serving)/.test(image) ? "saved-model" : "bundle";
}

/**
 * Packs what the image wants. A SavedModel is made of the bundle where `model` is one, under `<endpoint>/1/`.
 *
 * @throws SegueError (misuse) where the TensorFlow image could not load what it would get: it wants a SavedModel in a folder
 *   named by its version, and passes over version 0 without a word
 */
export async function archiveFor({
  name,
  model,
  image,
}: Pick<SageMakerOptions, "name" | "model" | "image">): Promise<Archive> {
  requireWithin(aPath, "model", model);
  if (servedBy(image) === "bundle") return archiveOf(model);
  const files = await readdir(model, { recursive: true }).catch(() => undefined);
  // An archive is taken as it is, and what does not exist is told of by who packs it.
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
    await rm(folder, { recursive: true, force: true });
  }
}
