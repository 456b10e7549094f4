/**
 * Checkpoints: everything from which a training goes on to the very result it would have had. What is drawn at random depends
 * on seed, epoch and chunk alone, so matrices and the number of finished epochs are all the state there is.
 */
import type { Corpus } from "../corpus/index.js";
import {
  misuse,
  packStrings,
  readSafetensors,
  SegueError,
  type Tensor,
  writeAtomically,
  writeSafetensors,
} from "../system/index.js";
import type { Weights } from "./matrices.js";
import type { Word2VecOptions } from "./options.js";
import type { Vocabulary } from "./vocabulary.js";

const FORMAT = "segue-track2vec-checkpoint";

export interface Checkpoint {
  readonly weights: Weights;
  /** The best weights so far, where a validation judges epochs. */
  readonly best?: Weights;
  readonly lossPerEpoch: readonly number[];
  readonly hitRatioPerEpoch: readonly number[];
}

/** What must be the same for a training to go on: all options but `threads`, the vocabulary, and the plays. */
export function fingerprint(corpus: Corpus, vocabulary: Vocabulary, options: Word2VecOptions): string {
  // FNV-1a over the rows of all plays and the ends of playlists.
  let hash = 0x811c9dc5;
  const add = (value: number) => {
    hash = Math.imul(hash ^ value, 0x01000193);
  };
  for (const item of corpus.items) add(vocabulary.rowOf[item]!);
  for (const offset of corpus.offsets) add(offset);
  for (const count of vocabulary.counts) add(count);
  const { threads: _, ...rest } = options;
  return JSON.stringify({ ...rest, vocabulary: vocabulary.tracks.length, plays: (hash >>> 0).toString(16) });
}

export async function saveCheckpoint(
  path: string,
  checkpoint: Checkpoint,
  vocabulary: Vocabulary,
  print: string,
): Promise<void> {
  const { text, ends } = packStrings(vocabulary.tracks);
  const tensors: Record<string, Tensor> = {
    "tracks.text": { array: text },
    "tracks.ends": { array: ends },
    counts: { array: vocabulary.counts },
    lossPerEpoch: { array: Float64Array.from(checkpoint.lossPerEpoch) },
    hitRatioPerEpoch: { array: Float64Array.from(checkpoint.hitRatioPerEpoch) },
  };
  for (const name of ["weights", "best"] as const) {
    for (const [part, array] of Object.entries(checkpoint[name] ?? {})) {
      if (array) tensors[`${name}.${part}`] = { array };
    }
  }
  await writeAtomically(path, (temporary) =>
    writeSafetensors(temporary, tensors, { format: FORMAT, version: "1", fingerprint: print }),
  );
}

/** @throws SegueError when the file is damaged, or belongs to other playlists or options */
export async function loadCheckpoint(path: string, print: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readSafetensors(path);
  if (metadata.format !== FORMAT) {
    throw new SegueError(`${path} is not a checkpoint of a training`, { code: "corrupt" });
  }
  if (metadata.fingerprint !== print) {
    const before = JSON.parse(metadata.fingerprint ?? "{}") as Record<string, unknown>;
    const now = JSON.parse(print) as Record<string, unknown>;
    const other = Object.keys(now).filter((key) => before[key] !== now[key]);
    throw misuse(
      `${path} was made with other ${other.map((key) => (key === "plays" ? "playlists" : key)).join(", ")}`,
      "Give the same playlists and options as before (threads may differ), or train from the start.",
    );
  }
  const floats = (name: string) => tensors[name]?.array as Float32Array | undefined;
  const weights = (name: string): Weights | undefined => {
    const inputs = floats(`${name}.inputs`);
    return inputs && { inputs, outputs: floats(`${name}.outputs`), nodes: floats(`${name}.nodes`) };
  };
  const current = weights("weights");
  if (!current) throw new SegueError(`${path} holds no weights`, { code: "corrupt" });
  return {
    weights: current,
    best: weights("best"),
    lossPerEpoch: [...(tensors.lossPerEpoch!.array as Float64Array)],
    hitRatioPerEpoch: [...(tensors.hitRatioPerEpoch!.array as Float64Array)],
  };
}
