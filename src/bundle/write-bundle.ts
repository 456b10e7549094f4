/** Writes a model bundle: one folder with everything that a server needs, written atomically and reproducibly. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Catalogue, catalogueTensors, trackIndex } from "../corpus/index.js";
import type { RecommenderState } from "../recommenders/index.js";
import {
  asWritten,
  besideWork,
  messageOf,
  misuse,
  type Progress,
  packageVersion,
  requireOptions,
  SegueError,
  settleBoth,
  sha256Of,
  silent,
  type Tensor,
  trueOrFalse,
  writeAtomically,
  writeSafetensors,
} from "../system/index.js";
import {
  buildLists,
  type InvertedLists,
  type ListsWithRecall,
  saveVectors,
  type TrackVectors,
} from "../track2vec/index.js";
import { manifestName } from "./bundles-in.js";
import { checkInput } from "./check-input.js";
import { FORMAT_VERSION, type Manifest, sealManifest } from "./manifest.js";
import { EXACT_UP_TO, type IndexFacts } from "./nearest/nearest-index.js";
import { writeTracksParquet } from "./parquet-copies.js";
import { ArrayPool } from "./state-arrays.js";

export const ARRAYS = "arrays.safetensors";
export const CATALOGUE = "catalogue.safetensors";
export const STATES = "recommenders.json";
export const VECTORS_JSON = "vectors.json";

/** The content of vectors.json: the name of each part of the vectors in `arrays.safetensors`. */
export interface StoredVectors {
  readonly size: number;
  /** Catalogue numbers of the rows. */
  readonly rows: string;
  readonly vectors: string;
  readonly counts?: string;
  readonly outputs?: string;
  /** The lists of an inverted file. */
  readonly lists?: {
    readonly centres: string;
    readonly starts: string;
    readonly rows: string;
    readonly probes: number;
  };
}

export interface BundleInput {
  /** All tracks that anything in the bundle knows, by number: the catalogue that the recommenders were fitted on. */
  readonly catalogue: Catalogue;
  /** States by name, the default recommender first. */
  readonly recommenders: Readonly<Record<string, RecommenderState>>;
  /** Track vectors; all of their tracks must be in the catalogue. */
  readonly vectors?: TrackVectors;
  /** The catalogue number of each row of `vectors`; default: the ids are looked up. */
  readonly vectorRows?: Uint32Array;
  /** Settings and parameters, stored in the manifest; must be JSON. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Results of the evaluation, stored in the manifest; must be JSON. */
  readonly metrics?: Readonly<Record<string, unknown>>;
  /** The SHA-256 of the training data, stored in the manifest. */
  readonly dataFingerprint?: string;
  /** "auto" (default) is an exact scan up to 300,000 vectors and an inverted file above. */
  readonly index?: "auto" | "exact" | "ivf";
}

export interface WriteBundleOptions {
  /**
   * Whether to also write tracks.parquet and vectors.parquet (default true): copies for people and other tools, which Segue itself never
   * reads.
   */
  readonly tables?: boolean;
  /** Called as each part is written. */
  readonly progress?: Progress;
  /** Cancels writing: `writeBundle` throws the signal's reason, and an existing bundle stays as it was. */
  readonly signal?: AbortSignal;
}

/**
 * Writes a bundle to `folder`, replacing an existing bundle there. A folder with anything else is refused.
 *
 * @throws SegueError if `folder` has other contents, a recommender is given instead of its state, or the parts do not fit together
 */
export async function writeBundle(
  folder: string,
  input: BundleInput,
  options: WriteBundleOptions = {},
): Promise<Manifest> {
  checkInput(folder, input);
  const facts = {
    parameters: plain("parameters", input.parameters),
    metrics: plain("metrics", input.metrics),
  };
  requireOptions(options, { tables: trueOrFalse, ...besideWork }, "writeBundle");
  await refuseOthers(folder);
  let manifest: Manifest | undefined;
  const replaced = `${folder}.${process.pid}.old`;
  await writeAtomically(folder, async (temporary) => {
    await mkdir(temporary);
    manifest = await fill(temporary, input, facts, options);
    if (existsSync(folder)) await rename(folder, replaced);
  }).finally(async () => {
    if (!existsSync(folder) && existsSync(replaced)) await rename(replaced, folder);
    await rm(replaced, { recursive: true, force: true });
  });
  return manifest!;
}

async function fill(
  folder: string,
  input: BundleInput,
  facts: Pick<Manifest, "parameters" | "metrics">,
  { tables = true, progress = silent, signal }: WriteBundleOptions,
): Promise<Manifest> {
  const { catalogue, vectors } = input;
  let done = 0;
  const step = (note: string) => {
    signal?.throwIfAborted();
    progress({ task: "writing the bundle", done: done++, total: 6, unit: "steps", note });
  };
  const sums = new Map<string, string>();
  const writeArrays = async (name: string, tensors: Readonly<Record<string, Tensor>>) => {
    const hash = createHash("sha256");
    await writeSafetensors(join(folder, name), tensors, {}, (bytes) => hash.update(bytes));
    sums.set(name, hash.digest("hex"));
  };
  step("catalogue");
  const packed = catalogueTensors(catalogue);
  await writeArrays(CATALOGUE, packed);
  const rows = vectors && (input.vectorRows ?? rowsOf(catalogue, vectors));
  const writeModel = async () => {
    step("index");
    const lists = vectors && (await listsOf(vectors, input.index ?? "auto", signal));
    step("recommenders");
    const pool = new ArrayPool();
    const states = Object.fromEntries(
      Object.entries(input.recommenders).map(([name, state]) => [name, pool.store(state)]),
    );
    await writeFile(join(folder, STATES), JSON.stringify(states));
    if (vectors)
      await writeFile(join(folder, VECTORS_JSON), JSON.stringify(storeVectors(pool, rows!, vectors, lists)));
    await writeArrays(ARRAYS, pool.tensors);
    return lists;
  };
  const writeTables = async () => {
    if (!tables) return;
    step("tables");
    await writeTracksParquet(join(folder, "tracks.parquet"), packed, countsOf(catalogue, vectors, rows));
    if (vectors) await saveVectors(vectors, join(folder, "vectors.parquet"), "parquet");
  };
  // DuckDB writes the tables on its own thread while this one waits for the disk or for worker threads.
  const [lists] = await settleBoth(writeModel(), writeTables());
  step("checksums");
  const files: Manifest["files"] = {};
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    files[name] = { bytes: (await stat(path)).size, sha256: sums.get(name) ?? (await sha256Of(path)) };
  }
  const index = vectors && vectors.length > 0 ? factsOf(vectors, lists) : undefined;
  const manifest = sealManifest({
    format: "segue-bundle",
    formatVersion: FORMAT_VERSION,
    segueVersion: packageVersion(),
    ...facts,
    dataFingerprint: input.dataFingerprint,
    tracks: catalogue.tracks.length,
    vectors: vectors && { rows: vectors.length, size: vectors.size },
    index,
    recommenders: Object.keys(input.recommenders),
    files,
  });
  await writeFile(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  step("done");
  return manifest;
}

function rowsOf(catalogue: Catalogue, vectors: TrackVectors): Uint32Array {
  const numbers = trackIndex(catalogue.tracks);
  return Uint32Array.from(vectors.tracks, (track) => {
    const number = numbers.get(track);
    if (number === undefined)
      throw new SegueError(`track ${asWritten(track)} has a vector but is not in the catalogue`);
    return number;
  });
}

/** Plays by track number, -1 if unknown. */
function countsOf(
  catalogue: Catalogue,
  vectors: TrackVectors | undefined,
  rows: Uint32Array | undefined,
): Float64Array {
  const counts = new Float64Array(catalogue.tracks.length).fill(-1);
  if (vectors?.counts)
    for (let row = 0; row < rows!.length; row++) counts[rows![row]!] = vectors.counts[row]!;
  return counts;
}

function storeVectors(
  pool: ArrayPool,
  rows: Uint32Array,
  vectors: TrackVectors,
  lists: InvertedLists | undefined,
): StoredVectors {
  return {
    size: vectors.size,
    rows: pool.add(rows),
    vectors: pool.add(vectors.vectors),
    counts: vectors.counts && pool.add(Float64Array.from(vectors.counts)),
    outputs: vectors.outputs && pool.add(vectors.outputs),
    ...(lists
      ? {
          lists: {
            centres: pool.add(lists.centres),
            starts: pool.add(lists.starts),
            rows: pool.add(lists.rows),
            probes: lists.probes,
          },
        }
      : {}),
  };
}

/** Builds the inverted file; undefined if an exact scan is used. */
async function listsOf(
  vectors: TrackVectors,
  wanted: "auto" | "exact" | "ivf",
  signal?: AbortSignal,
): Promise<ListsWithRecall | undefined> {
  const isApproximate = wanted === "ivf" || (wanted === "auto" && vectors.length > EXACT_UP_TO);
  return isApproximate && vectors.length > 0 ? buildLists(vectors, signal) : undefined;
}

function factsOf(vectors: TrackVectors, lists: ListsWithRecall | undefined): IndexFacts {
  if (lists === undefined) return { kind: "exact", recall: 1, k: Math.min(100, vectors.length) };
  const { recall, k, probes } = lists;
  return { kind: "ivf", recall: Math.round(recall * 1e4) / 1e4, k, lists: lists.starts.length - 1, probes };
}

/** The value after a round trip through JSON, so that the manifest's id matches what is read back. */
function plain(name: string, facts: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> {
  try {
    return JSON.parse(JSON.stringify(facts ?? {}));
  } catch (error) {
    // Such as the bigint of a database's count.
    throw misuse(`${name} cannot be kept as JSON: ${messageOf(error)}`, "Convert a bigint with Number(…).");
  }
}

async function refuseOthers(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const held = await readdir(folder).catch(() => {
    throw misuse(`${folder} is a file; a bundle is a folder`);
  });
  if (held.length > 0 && !held.includes(manifestName))
    throw misuse(`${folder} is not empty and not a bundle`, "Write the bundle to a new folder.");
}
