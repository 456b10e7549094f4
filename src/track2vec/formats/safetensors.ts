/**
 * Track vectors as safetensors: `vectors` (F32, n×size), the ids as `tracks.text` (UTF-8) and `tracks.ends`, and if known
 * `counts` (F64) and `outputs` (F32, n×size), so that training can continue from them.
 */
import {
  asWritten,
  packStrings,
  readSafetensors,
  SegueError,
  type Tensor,
  unpackStrings,
  writeSafetensors,
} from "../../system/index.js";
import { checkpointFormat } from "../training/checkpoint.js";
import { firstNotFinite } from "../vectors/finite.js";
import { isCount } from "../vectors/is-count.js";
import { TrackVectors } from "../vectors/vectors.js";

export async function writeVectorTensors(vectors: TrackVectors, path: string): Promise<void> {
  const { text, ends } = packStrings(vectors.tracks);
  const shape = [vectors.length, vectors.size];
  const tensors: Record<string, Tensor> = {
    vectors: { array: vectors.vectors, shape },
    "tracks.text": { array: text },
    "tracks.ends": { array: ends },
  };
  if (vectors.counts) tensors.counts = { array: Float64Array.from(vectors.counts) };
  if (vectors.outputs) tensors.outputs = { array: vectors.outputs, shape };
  await writeSafetensors(path, tensors, { format: "segue-track-vectors", version: "1" });
}

/** @throws SegueError if the file is damaged, holds no track vectors, or has duplicate ids or values that are not finite */
export async function readVectorTensors(path: string): Promise<TrackVectors> {
  const { tensors, metadata } = await readSafetensors(path);
  const fail = (what: string, hint?: string) => new SegueError(`${path}: ${what}`, { code: "corrupt", hint });
  if (metadata.format === checkpointFormat)
    throw fail(
      "it is a checkpoint of a training and holds no finished vectors",
      "Resume the training with it: resume, or --resume.",
    );
  const { vectors, counts, outputs, "tracks.text": text, "tracks.ends": ends } = tensors;
  if (!(vectors?.array instanceof Float32Array) || vectors.shape.length !== 2)
    throw fail('it has no tensor "vectors" of 32-bit floats in two dimensions');
  if (!(text?.array instanceof Uint8Array) || !(ends?.array instanceof Uint32Array))
    throw fail('it has no track ids ("tracks.text" and "tracks.ends")');
  const [length, size] = vectors.shape as [number, number];
  if (ends.array.length !== length) throw fail(`${ends.array.length} track ids for ${length} vectors`);
  if (counts && !(counts.array instanceof Float64Array && counts.array.length === length))
    throw fail(`"counts" is not ${length} 64-bit floats`);
  if (outputs && !(outputs.array instanceof Float32Array && outputs.array.length === vectors.array.length))
    throw fail('"outputs" does not have the shape of "vectors"');
  let end = 0;
  for (const [row, next] of ends.array.entries()) {
    if (next < end) throw fail(`"tracks.ends" falls at row ${row + 1}, from ${end} to ${next}`);
    end = next;
  }
  if (end !== text.array.length)
    throw fail(`"tracks.text" has ${text.array.length} bytes, but "tracks.ends" ends at ${end}`);
  const tracks = idsOf(text.array, ends.array, fail);
  const rows = new Map<string, number>();
  for (const [row, track] of tracks.entries()) {
    const before = rows.get(track);
    if (before !== undefined)
      throw fail(`track ${asWritten(track)} occurs twice: rows ${before + 1} and ${row + 1}`);
    rows.set(track, row);
  }
  for (const [name, tensor] of Object.entries({ vectors, outputs })) {
    const array = tensor?.array as Float32Array | undefined;
    const broken = array === undefined ? -1 : firstNotFinite(array);
    if (broken >= 0)
      throw fail(
        `row ${Math.floor(broken / size) + 1} of "${name}" has ${array![broken]}, which is not finite`,
      );
  }
  const odd = (counts?.array as Float64Array | undefined)?.findIndex((count) => !isCount(count)) ?? -1;
  if (odd >= 0)
    throw fail(`row ${odd + 1} of "counts" has ${counts!.array[odd]}, which is not a whole number ≥ 0`);
  return new TrackVectors({
    tracks,
    size,
    vectors: vectors.array,
    counts: counts?.array as Float64Array | undefined,
    outputs: outputs?.array as Float32Array | undefined,
  });
}

/** @throws the error of `fail`, with the row, if an id is not UTF-8 */
function idsOf(text: Uint8Array, ends: Uint32Array, fail: (what: string) => SegueError): string[] {
  // Even if the whole text is valid, an id may end within a character.
  const split = ends.findIndex((end) => (text[end]! & 0xc0) === 0x80);
  if (split >= 0) throw fail(`the id of row ${split + 1} is not UTF-8: it ends within a character`);
  try {
    return unpackStrings({ text, ends });
  } catch {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const broken = ends.findIndex((end, row) => {
      try {
        decoder.decode(Buffer.from(text.subarray(row === 0 ? 0 : ends[row - 1], end)));
        return false;
      } catch {
        return true;
      }
    });
    throw fail(`the id of row ${broken + 1} is not UTF-8`);
  }
}
