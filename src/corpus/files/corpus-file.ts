/**
 * A corpus as a safetensors file: plays as 32-bit numbers, names packed. Every grid point reads one. Reading it is some ten times
 * as fast as reading Parquet, where names must be decoded and plays numbered again, and needs no database.
 */
import {
  type PackedStrings,
  packStrings,
  pickStrings,
  readSafetensors,
  SegueError,
  type Tensor,
  writeAtomically,
  writeSafetensors,
} from "../../system/index.js";
import { numberByAppearance } from "../by-appearance.js";
import { catalogueOf, catalogueTensors, setStrings, stringsOf } from "../catalogue/catalogue-tensors.js";
import type { Corpus } from "../corpus.js";
import { type PartNumbers, partNumbers } from "../parts.js";
import { problemOfPlays } from "./problem-of-plays.js";

const FORMAT = "segue-corpus";
const VERSION = "1";
/** Lists with one string per playlist. */
const besidePlaylists = ["playlistIds", "titles"] as const;

/**
 * Writes a corpus, and parts of it as if each `partOf` were written alone. Each file is written atomically; the same corpus gives the same
 * bytes. Names are packed once, for the whole corpus, and their bytes are copied into the parts.
 *
 * @param path ends in ".safetensors", as do those of the parts
 * @param parts which playlists belong to each, by number; default: none
 */
export async function writeCorpusFile(
  path: string,
  corpus: Corpus,
  parts: ReadonlyArray<{ readonly path: string; readonly belongs: (playlist: number) => boolean }> = [],
): Promise<void> {
  const whole = tensorsOf(corpus);
  // Prepares the next file while one is being written.
  let writing = writeTensors(path, whole);
  try {
    for (const part of parts) {
      const tensors = partTensors(whole, partNumbers(corpus, part.belongs));
      await writing;
      writing = writeTensors(part.path, tensors);
    }
  } finally {
    await writing;
  }
}

function tensorsOf(corpus: Corpus): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {
    ...catalogueTensors(corpus),
    offsets: { array: corpus.offsets },
    items: { array: corpus.items },
  };
  for (const name of besidePlaylists) {
    const strings = corpus[name];
    if (strings !== undefined) setStrings(tensors, name, packStrings(strings));
  }
  return tensors;
}

function partTensors(
  whole: Readonly<Record<string, Tensor>>,
  { playlists, tracks, offsets, items }: PartNumbers,
): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = { offsets: { array: offsets }, items: { array: items } };
  setStrings(tensors, "tracks", pickStrings(packedIn(whole, "tracks"), tracks));
  const artistOf = whole["artists.of"]?.array;
  if (artistOf) {
    const names = packedIn(whole, "artists");
    const of = tracks.map((track) => artistOf[track]!);
    setStrings(tensors, "artists", pickStrings(names, numberByAppearance(of, names.ends.length)));
    tensors["artists.of"] = { array: of };
  }
  for (const name of besidePlaylists)
    if (whole[`${name}.ends`]) setStrings(tensors, name, pickStrings(packedIn(whole, name), playlists));
  return tensors;
}

function packedIn(tensors: Readonly<Record<string, Tensor>>, name: string): PackedStrings {
  return {
    text: tensors[`${name}.text`]!.array as Uint8Array,
    ends: tensors[`${name}.ends`]!.array as Uint32Array,
  };
}

function writeTensors(path: string, tensors: Readonly<Record<string, Tensor>>): Promise<void> {
  return writeAtomically(path, (temporary) =>
    writeSafetensors(temporary, tensors, { format: FORMAT, version: VERSION }),
  );
}

/**
 * Reads a file of `writeCorpusFile`. Its arrays are in shared memory, so training threads need no copy.
 *
 * @throws SegueError if the file is missing, damaged, not a corpus, or of another version
 */
export async function readCorpusFile(path: string): Promise<Corpus> {
  const { tensors, corrupt, offsets, items } = await readArrays(path);
  try {
    const catalogue = catalogueOf(tensors);
    checkPlays(offsets, items, catalogue.tracks.length, corrupt);
    const playlists = offsets.length - 1;
    const names: { -readonly [name in (typeof besidePlaylists)[number]]?: readonly string[] } = {};
    for (const name of besidePlaylists) {
      if (tensors[`${name}.ends`] === undefined) continue;
      const strings = stringsOf(tensors, name);
      if (strings.length !== playlists) throw corrupt(`${strings.length} ${name} for ${playlists} playlists`);
      names[name] = strings;
    }
    return { ...catalogue, offsets, items, ...names };
  } catch (error) {
    if (error instanceof SegueError && error.message.startsWith(path)) throw error;
    throw corrupt(error instanceof Error ? error.message : String(error), error);
  }
}

/** The plays of a corpus and its number of tracks, without names: enough for counting. */
export interface Plays extends Pick<Corpus, "offsets" | "items"> {
  readonly trackCount: number;
}

/** Like `readCorpusFile`, but decodes no strings. */
export async function readCorpusPlays(path: string): Promise<Plays> {
  const { tensors, corrupt, offsets, items } = await readArrays(path);
  const ends = tensors["tracks.ends"]?.array;
  if (ends === undefined) throw corrupt("it holds no tracks");
  checkPlays(offsets, items, ends.length, corrupt);
  return { offsets, items, trackCount: ends.length };
}

type Complaint = (what: string, cause?: unknown) => SegueError;

async function readArrays(path: string) {
  const { tensors, metadata } = await readSafetensors(path, {
    shared: typeof SharedArrayBuffer !== "undefined",
  });
  const corrupt: Complaint = (what, cause) =>
    new SegueError(`${path}: ${what}`, {
      hint: "Make it again: segue run primary",
      code: "corrupt",
      cause,
    });
  if (metadata.format !== FORMAT) throw corrupt("not a corpus file");
  if (metadata.version !== VERSION)
    throw corrupt(`corpus version ${metadata.version}, but this Segue reads version ${VERSION}`);
  const offsets = tensors.offsets?.array;
  const items = tensors.items?.array;
  if (!(offsets instanceof Uint32Array && items instanceof Uint32Array))
    throw corrupt("it holds no playlists");
  return { tensors, corrupt, offsets, items };
}

function checkPlays(offsets: Uint32Array, items: Uint32Array, tracks: number, corrupt: Complaint): void {
  const problem = problemOfPlays(offsets, items, tracks);
  if (problem !== undefined) throw corrupt(problem);
}
