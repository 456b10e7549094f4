/** Writes a model bundle: one folder with everything that a server needs, whole or not at all, the same bytes each time. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Catalogue, catalogueTensors } from "../corpus/index.js";
import type { RecommenderState } from "../recommenders/index.js";
import {
  type Progress,
  packageRoot,
  SegueError,
  silent,
  writeAtomically,
  writeSafetensors,
} from "../system/index.js";
import type { TrackVectors } from "../track2vec/index.js";
import { FORMAT_VERSION, MANIFEST, type Manifest, sealManifest } from "./manifest.js";
import { EXACT_UP_TO, type IndexFacts } from "./nearest/nearest-index.js";
import { writeTracksParquet, writeVectorsParquet } from "./parquet-copies.js";
import { ArrayPool } from "./state-arrays.js";

export const ARRAYS = "arrays.safetensors";
export const CATALOGUE = "catalogue.safetensors";
export const STATES = "recommenders.json";
export const GRAPH = "index.usearch";
/** Names in `arrays.safetensors` that are no content names. */
export const VECTORS_JSON = "vectors.json";

/** Where each part of the vectors lies in `arrays.safetensors`. */
export interface StoredVectors {
  readonly size: number;
  /** Catalogue numbers of the rows. */
  readonly rows: string;
  readonly vectors: string;
  readonly counts?: string;
  readonly outputs?: string;
}

export interface BundleInput {
  /** Every track that anything in the bundle knows, by number. */
  readonly catalogue: Catalogue;
  /** By name, the default one first. */
  readonly recommenders: Readonly<Record<string, RecommenderState>>;
  /** Track vectors; every track of theirs must be in the catalogue. */
  readonly vectors?: TrackVectors;
  /** Settings and parameters, kept in the manifest as they are. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Figures of the evaluation, kept in the manifest as they are. */
  readonly metrics?: Readonly<Record<string, unknown>>;
  readonly dataFingerprint?: string;
  /** "auto" (default) takes an exact scan up to 300,000 vectors and a usearch graph above. */
  readonly index?: "auto" | "exact" | "usearch-f16" | "usearch-i8";
}

export interface WriteBundleOptions {
  /**
   * Whether to write tracks.parquet and vectors.parquet too (default true): copies for people and other tools, which no part of
   * Segue reads.
   */
  readonly tables?: boolean;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Writes a bundle to `folder`. A bundle that is there already is replaced; anything else that is there is left alone.
 *
 * @throws SegueError when `folder` holds something else, or the parts do not fit together
 */
export async function writeBundle(
  folder: string,
  input: BundleInput,
  options: WriteBundleOptions = {},
): Promise<Manifest> {
  await refuseOthers(folder);
  let manifest: Manifest | undefined;
  const replaced = `${folder}.${process.pid}.old`;
  await writeAtomically(folder, async (temporary) => {
    await mkdir(temporary);
    manifest = await fill(temporary, input, options);
    if (await exists(folder)) await rename(folder, replaced);
  }).finally(async () => {
    if (!(await exists(folder)) && (await exists(replaced))) await rename(replaced, folder);
    await rm(replaced, { recursive: true, force: true });
  });
  return manifest!;
}

async function fill(
  folder: string,
  input: BundleInput,
  { tables = true, progress = silent, signal }: WriteBundleOptions,
): Promise<Manifest> {
  const { catalogue, vectors } = input;
  let done = 0;
  const step = (note: string) => {
    signal?.throwIfAborted();
    progress({ task: "writing the bundle", done: done++, total: 6, unit: "steps", note });
  };
  step("catalogue");
  await writeSafetensors(join(folder, CATALOGUE), catalogueTensors(catalogue));
  step("recommenders");
  const pool = new ArrayPool();
  const states = Object.fromEntries(
    Object.entries(input.recommenders).map(([name, state]) => [name, pool.store(state)]),
  );
  await writeFile(join(folder, STATES), JSON.stringify(states));
  if (vectors)
    await writeFile(join(folder, VECTORS_JSON), JSON.stringify(storeVectors(pool, catalogue, vectors)));
  await writeSafetensors(join(folder, ARRAYS), pool.tensors);
  step("tables");
  if (tables) {
    await writeTracksParquet(join(folder, "tracks.parquet"), catalogue, vectors);
    if (vectors) await writeVectorsParquet(join(folder, "vectors.parquet"), vectors);
  }
  step("index");
  const index =
    vectors && vectors.length > 0 ? await buildIndex(folder, vectors, input.index ?? "auto") : undefined;
  step("checksums");
  const files: Manifest["files"] = {};
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    files[name] = { bytes: (await stat(path)).size, sha256: await sha256Of(path) };
  }
  const { version } = JSON.parse(await readFile(join(packageRoot, "package.json"), "utf8")) as {
    version: string;
  };
  const manifest = sealManifest({
    format: "segue-bundle",
    formatVersion: FORMAT_VERSION,
    segueVersion: version,
    parameters: plain(input.parameters),
    metrics: plain(input.metrics),
    ...(input.dataFingerprint === undefined ? {} : { dataFingerprint: input.dataFingerprint }),
    tracks: catalogue.tracks.length,
    ...(vectors ? { vectors: { rows: vectors.length, size: vectors.size } } : {}),
    ...(index ? { index } : {}),
    recommenders: Object.keys(input.recommenders),
    files,
  });
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  step("done");
  return manifest;
}

function storeVectors(pool: ArrayPool, catalogue: Catalogue, vectors: TrackVectors): StoredVectors {
  const numbers = new Map(catalogue.tracks.map((track, number) => [track, number]));
  const rows = Uint32Array.from(vectors.tracks, (track) => {
    const number = numbers.get(track);
    if (number === undefined)
      throw new SegueError(`track ${JSON.stringify(track)} has a vector but is not in the catalogue`);
    return number;
  });
  return {
    size: vectors.size,
    rows: pool.add(rows),
    vectors: pool.add(vectors.vectors),
    ...(vectors.counts ? { counts: pool.add(Float64Array.from(vectors.counts)) } : {}),
    ...(vectors.outputs ? { outputs: pool.add(vectors.outputs) } : {}),
  };
}

async function buildIndex(folder: string, vectors: TrackVectors, wanted: string): Promise<IndexFacts> {
  const k = Math.min(100, vectors.length);
  const kind = wanted === "auto" ? (vectors.length <= EXACT_UP_TO ? "exact" : "usearch-f16") : wanted;
  if (kind === "exact") return { kind: "exact", recall: 1, k };
  const quantization = kind === "usearch-i8" ? "i8" : "f16";
  const { buildUsearch, openUsearch } = await import("./nearest/usearch.js");
  const { measureRecall } = await import("./nearest/recall.js");
  const path = join(folder, GRAPH);
  buildUsearch(vectors, path, { quantization });
  const recall = await measureRecall(vectors, openUsearch(vectors, path, { quantization }), k);
  return { kind: "usearch", recall: Math.round(recall * 1e4) / 1e4, k, quantization };
}

/** What JSON keeps of it, so that the id is that of what is read back. */
function plain(facts: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> {
  return JSON.parse(JSON.stringify(facts ?? {}));
}

/** The SHA-256 of a file, hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 22 }), hash);
  return hash.digest("hex");
}

async function refuseOthers(folder: string): Promise<void> {
  if (!(await exists(folder))) return;
  const held = await readdir(folder).catch(() => {
    throw new SegueError(`${folder} is a file, a bundle is a folder`, { exitCode: 2 });
  });
  if (held.length > 0 && !held.includes(MANIFEST))
    throw new SegueError(`${folder} holds other things than a bundle`, {
      hint: "Give the bundle a folder of its own.",
      exitCode: 2,
    });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
