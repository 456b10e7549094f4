/** Saving and loading track vectors. */
import { extname } from "node:path";
import {
  aPath,
  asWritten,
  checkOutput,
  explainDiskError,
  misuse,
  refusePipe,
  requireWithin,
  SegueError,
  someText,
  writeAtomically,
} from "../../system/index.js";
import { firstNotFinite } from "../vectors/finite.js";
import { requireVectors } from "../vectors/require-vectors.js";
import type { TrackVectors } from "../vectors/vectors.js";
import { readVectorParquet, writeVectorParquet } from "./parquet.js";
import { readVectorTensors, writeVectorTensors } from "./safetensors.js";
import { readWord2VecBinary, writeWord2VecBinary } from "./word2vec-binary.js";
import { readWord2VecText, writeWord2VecText } from "./word2vec-text.js";

const formats = {
  "word2vec-binary": { write: writeWord2VecBinary, read: readWord2VecBinary, extensions: [".bin"] },
  "word2vec-text": { write: writeWord2VecText, read: readWord2VecText, extensions: [".txt", ".vec"] },
  parquet: { write: writeVectorParquet, read: readVectorParquet, extensions: [".parquet"] },
  safetensors: {
    write: writeVectorTensors,
    read: readVectorTensors,
    extensions: [".safetensors"],
  },
} as const;

export type VectorFormat = keyof typeof formats;
/** The formats of `saveVectors` and `loadVectors`. */
export const vectorFormats = Object.keys(formats) as VectorFormat[];

/** The format for a file name's extension, or undefined. */
export function formatOf(path: string): VectorFormat | undefined {
  const extension = extname(path).toLowerCase();
  return vectorFormats.find((format) =>
    (formats[format].extensions as readonly string[]).includes(extension),
  );
}

/**
 * Saves vectors atomically. word2vec's formats hold neither counts nor the output matrix, Parquet holds no output matrix.
 * word2vec's keys end at a blank, so white space in ids is percent-encoded there.
 *
 * @param format default: by extension (.bin, .txt or .vec, .parquet, .safetensors)
 * @throws SegueError (misuse) if the format is unknown, or an argument is not vectors or not a path; code "disk" if the file cannot
 *   be written; "not-finite", "duplicate-track" or "not-unicode" if the file could not be loaded again
 */
export async function saveVectors(vectors: TrackVectors, path: string, format?: VectorFormat): Promise<void> {
  requireVectors(vectors, "saveVectors");
  const { write } = formats[chosen(path, format)];
  requireLoadable(vectors);
  await checkOutput(path);
  await writeAtomically(path, (temporary) => write(vectors, temporary));
}

/**
 * Loads vectors and checks them.
 *
 * @param format default: by extension, as for `saveVectors`
 * @throws SegueError code "corrupt" if the file is truncated or damaged, or has duplicate tracks, values that are not finite,
 *   or a different number of values than stated; (misuse) if the format is unknown or the path is a pipe; "disk" if it
 *   cannot be read
 */
export async function loadVectors(path: string, format?: VectorFormat): Promise<TrackVectors> {
  const { read } = formats[chosen(path, format)];
  await refusePipe(path);
  try {
    return await read(path);
  } catch (error) {
    throw explainDiskError(error, path);
  }
}

/** Refuses to write what `loadVectors` would refuse to load. */
function requireLoadable(vectors: TrackVectors): void {
  const { tracks, size, noun, outputs } = vectors;
  // The first look-up also checks for duplicate ids.
  if (tracks.length > 0) vectors.indexOf(tracks[0]!);
  // UTF-8 would turn it into another id.
  const half = tracks.find((track) => !track.isWellFormed());
  if (half !== undefined)
    throw new SegueError(`cannot save: ${noun} ${asWritten(half)} holds half a character`, {
      code: "not-unicode",
      hint: "Repair the id before training: id.toWellFormed().",
    });
  for (const [name, values] of Object.entries({ vector: vectors.vectors, "output vector": outputs })) {
    const broken = values === undefined ? -1 : firstNotFinite(values);
    if (broken < 0) continue;
    const track = JSON.stringify(tracks[Math.floor(broken / size)]);
    throw new SegueError(
      `cannot save: the ${name} of ${noun} ${track} has ${values![broken]}, which is not finite`,
      {
        code: "not-finite",
      },
    );
  }
}

function chosen(path: string, format: string | undefined): VectorFormat {
  requireWithin(aPath, "the path of vectors", path);
  if (format !== undefined) requireWithin(someText, "format", format);
  const found = format ?? formatOf(path);
  if (found === undefined || !Object.hasOwn(formats, found))
    throw misuse(
      found === undefined ? `cannot tell the format of ${path}` : `there is no vector format "${found}"`,
      found === undefined
        ? `known extensions: ${vectorFormats.flatMap((each) => formats[each].extensions).join(", ")}`
        : `there are: ${vectorFormats.join(", ")}`,
    );
  return found as VectorFormat;
}
