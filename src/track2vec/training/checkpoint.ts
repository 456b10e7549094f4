/**
 * Checkpoints: everything needed to continue a training to the identical result. Random draws depend only on seed, epoch and
 * chunk, so the matrices and the number of finished epochs are the whole state. A safetensors file: `weights.inputs`,
 * `weights.outputs`, `weights.nodes` (F32, n×size); with a validation also `best.…` for the best epoch; and
 * `lossPerEpoch`, `hitRatioPerEpoch` (F64).
 */
import { createHash } from "node:crypto";
import type { Corpus } from "../../corpus/index.js";
import {
  blocks,
  explainDiskError,
  inSlices,
  misuse,
  packStrings,
  readSafetensors,
  SegueError,
  type Steps,
  type Tensor,
  writeAtomically,
  writeSafetensors,
} from "../../system/index.js";
import type { Weights } from "../kernel/matrices.js";
import type { Word2VecOptions } from "../options/options.js";
import type { Wording } from "../options/wording.js";
import { firstNotFinite } from "../vectors/finite.js";
import type { Vocabulary } from "../vocabulary/vocabulary.js";
import { defaultK, type Validation } from "./validation.js";

/** The name of the format, in the file's metadata. */
export const checkpointFormat = "segue-track2vec-checkpoint";
/** Also raised when the random draws change: a training resumed by a different kernel would end with a different result. */
const VERSION = "8";

type Part = keyof Weights;

export interface Checkpoint {
  readonly weights: Weights;
  /** The best weights so far, if there is a validation. */
  readonly best?: Weights;
  readonly lossPerEpoch: readonly number[];
  readonly hitRatioPerEpoch: readonly number[];
}

/**
 * What must be unchanged to resume a training: all options except `threads`, the tracks and counts, the plays, the validation, and the
 * initial vectors. In steps.
 *
 * @param from n×size, row-major; undefined if the initial vectors were random
 */
export function* fingerprint(
  corpus: Corpus,
  vocabulary: Vocabulary,
  options: Word2VecOptions,
  validation: Validation | undefined,
  from: Float32Array | undefined,
): Steps<string> {
  const plays = yield* digest([corpus.items, corpus.offsets, vocabulary.rowOf].flatMap(inPieces));
  const tracks = yield* digest(tracksAndCounts(vocabulary));
  const judge = validation && (yield* digest(textOf(validation)));
  const began = from && (yield* digest(inPieces(from)));
  const { threads: _, ...rest } = options;
  const judged = validation
    ? { validation: judge, "validation.k": validation.k ?? defaultK }
    : { validation: "none" };
  return JSON.stringify({ ...rest, plays, tracks, ...judged, from: began });
}

function* digest(
  parts: Iterable<Uint32Array | Uint8Array | Float32Array | Float64Array | string>,
): Steps<string> {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(part);
    yield;
  }
  return hash.digest("hex").slice(0, 32);
}

/** Numbers hashed per step: a few milliseconds. */
const PIECE = 1 << 19;

function inPieces<T extends Uint32Array | Float32Array | Float64Array>(array: T): T[] {
  return Array.from(blocks(0, array.length, PIECE), ([from, to]) => array.subarray(from, to) as T);
}

function* tracksAndCounts({ tracks, counts }: Vocabulary): Generator<Uint8Array | Float64Array> {
  for (const [from, to] of blocks(0, tracks.length, 16_384)) yield packStrings(tracks.slice(from, to)).text;
  yield* inPieces(counts);
}

/** `JSON.stringify(queries)`, piece by piece. */
function* textOf({ queries }: Validation): Generator<string> {
  for (const [from, to] of blocks(0, queries.length, 1024)) {
    const list = JSON.stringify(queries.slice(from, to));
    yield (from === 0 ? "[" : ",") + list.slice(1, -1);
  }
  yield "]";
}

/** Writes atomically. @throws SegueError (code "disk") if the file cannot be written */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint, print: string): Promise<void> {
  const tensors: Record<string, Tensor> = {
    lossPerEpoch: { array: Float64Array.from(checkpoint.lossPerEpoch) },
    hitRatioPerEpoch: { array: Float64Array.from(checkpoint.hitRatioPerEpoch) },
  };
  for (const name of ["weights", "best"] as const) {
    for (const [part, array] of Object.entries(checkpoint[name] ?? {})) {
      if (array) tensors[`${name}.${part}`] = { array };
    }
  }
  await writeAtomically(path, (temporary) =>
    writeSafetensors(temporary, tensors, { format: checkpointFormat, version: VERSION, fingerprint: print }),
  ).catch((error: unknown) => {
    throw explainDiskError(error, path);
  });
}

/**
 * @param values the number of values in a matrix: tracks × dimensions
 * @throws SegueError if the file is damaged, or belongs to other playlists or options
 */
export async function loadCheckpoint(
  path: string,
  print: string,
  values: number,
  { negative, hs, epochs }: Pick<Word2VecOptions, "negative" | "hs" | "epochs">,
  wording: Wording,
): Promise<Checkpoint> {
  const { tensors, metadata } = await readSafetensors(path);
  const corrupt = (what: string, hint?: string) =>
    new SegueError(`${path} ${what}`, { code: "corrupt", hint });
  if (metadata.format !== checkpointFormat)
    throw tensors.vectors
      ? corrupt(
          "is not a checkpoint of a training but vectors",
          `Start from them: ${wording.option("from")}.`,
        )
      : corrupt("is not a checkpoint of a training");
  if (metadata.version !== VERSION) {
    throw corrupt(`is a checkpoint of version ${metadata.version}; this is version ${VERSION}`);
  }
  if (metadata.fingerprint !== print)
    throw misuse(...difference(path, metadata.fingerprint ?? "", print, wording));
  const parts: Part[] = [
    "inputs",
    ...(negative > 0 ? ["outputs" as const] : []),
    ...(hs ? ["nodes" as const] : []),
  ];
  const losses = tensors.lossPerEpoch?.array;
  const ratios = tensors.hitRatioPerEpoch?.array;
  if (!(losses instanceof Float64Array) || !(ratios instanceof Float64Array))
    throw corrupt("lacks the losses or hit ratios of its epochs: it is damaged");
  if (losses.length === 0 || losses.length > epochs || ![0, losses.length].includes(ratios.length))
    throw corrupt(`has ${losses.length} losses and ${ratios.length} hit ratios for ${epochs} epochs`);
  return {
    weights: await inSlices(matrices("weights")),
    best: tensors["best.inputs"] && (await inSlices(matrices("best"))),
    lossPerEpoch: [...losses],
    hitRatioPerEpoch: [...ratios],
  };

  function* matrices(name: "weights" | "best"): Steps<Weights> {
    const found: { [part in Part]?: Float32Array } = {};
    for (const part of parts) {
      const array = tensors[`${name}.${part}`]?.array;
      if (!(array instanceof Float32Array) || array.length !== values)
        throw corrupt(`lacks ${name}.${part}, ${values} 32-bit floats: it is damaged`);
      for (const [from, to] of blocks(0, array.length)) {
        const broken = firstNotFinite(array, from, to);
        if (broken >= 0) throw corrupt(`has ${array[broken]} in ${name}.${part}, value ${broken + 1}`);
        yield;
      }
      found[part] = array;
    }
    return { ...found, inputs: found.inputs! };
  }
}

/** The message and the hint for two different fingerprints. */
function difference(
  path: string,
  theirs: string,
  ours: string,
  { option, item, list }: Wording,
): [string, string] {
  const hint = `Give the same ${list}s and options as before (${option("threads")} may differ), or train from the start.`;
  const now = JSON.parse(ours) as Record<string, unknown>;
  let before: Record<string, unknown>;
  try {
    before = JSON.parse(theirs);
  } catch {
    return [`${path} does not record the options it was made with`, hint];
  }
  const other = Object.keys({ ...before, ...now })
    .filter((key) => before[key] !== now[key])
    .filter((key) => key !== "validation.k" || (key in before && key in now))
    .map((key) => {
      if (key === "plays") return `${list}s`;
      if (key === "tracks") return `${item}s`;
      if (key === "validation" || key === "from") return option(key);
      return `${option(key)} (${before[key] ?? "none"} then, ${now[key] ?? "none"} now)`;
    });
  const more =
    Number(now.epochs) > Number(before.epochs)
      ? `\nThe learning rate falls over all epochs, so a training cannot become longer; to train on with its vectors: ${option("from")}.`
      : "";
  return [`${path} was made with other ${other.join(", ")}`, hint + more];
}
