/** Exports vectors for other tools. */
import { aPath, misuse, requireOptions, requireWithin, someText, wholeNumber } from "../../system/index.js";
import { requireVectors, saveVectors, type TrackVectors } from "../../track2vec/index.js";
import { writeOnnx } from "./onnx.js";
import { writeSavedModel } from "./saved-model.js";

type Writer = (vectors: TrackVectors, output: string, k: number) => Promise<void>;

const writers = {
  onnx: (vectors, output) => writeOnnx(vectors, output),
  savedmodel: (vectors, output, k) => writeSavedModel(vectors, output, k),
  word2vec: (vectors, output) => saveVectors(vectors, output, "word2vec-binary"),
  // The name that training uses.
  "word2vec-binary": (vectors, output) => saveVectors(vectors, output, "word2vec-binary"),
  "word2vec-text": (vectors, output) => saveVectors(vectors, output, "word2vec-text"),
  parquet: (vectors, output) => saveVectors(vectors, output, "parquet"),
  safetensors: (vectors, output) => saveVectors(vectors, output, "safetensors"),
} as const satisfies Record<string, Writer>;

/**
 * Writes vectors to `output`: a file, or for savedmodel the model's folder, in which version 1 is written.
 *
 * @param format "onnx", "savedmodel", "word2vec-binary" ("word2vec" for short), "word2vec-text", "parquet" or "safetensors"
 * @param options.k how many tracks a SavedModel returns, an integer ≥ 1, default 100; unused by the other formats
 * @throws SegueError (misuse) if the format, an argument or an option is wrong
 */
export async function exportVectors(
  vectors: TrackVectors,
  format: string,
  output: string,
  options: { k?: number } = {},
): Promise<void> {
  requireVectors(vectors, "exportVectors");
  requireWithin(aPath, "output", output);
  requireOptions(options, { k: wholeNumber(1) }, "exportVectors");
  requireWithin(someText, "format", format);
  if (!Object.hasOwn(writers, format))
    throw misuse(`there is no export format "${format}"`, `There are: ${Object.keys(writers).join(", ")}.`);
  const write: Writer = writers[format as keyof typeof writers];
  await write(vectors, output, options.k ?? 100);
}
