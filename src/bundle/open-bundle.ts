/** Opens a model bundle: every file is checked against the manifest before anything is used. */
import { createHash, webcrypto } from "node:crypto";
import { mkdtemp, open, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Catalogue, catalogueOf } from "../corpus/index.js";
import { type FittedRecommender, type RecommenderState, restoreRecommender } from "../recommenders/index.js";
import { misuse, readSafetensors, SegueError, type Tensors } from "../system/index.js";
import { TrackVectors } from "../track2vec/index.js";
import { unpackBundle } from "./archive.js";
import { MANIFEST, type Manifest, parseManifest } from "./manifest.js";
import { exactIndex } from "./nearest/exact.js";
import type { NearestIndex } from "./nearest/nearest-index.js";
import { loadState, type StoredState } from "./state-arrays.js";
import {
  ARRAYS,
  CATALOGUE,
  GRAPH,
  STATES,
  type StoredVectors,
  sha256Of,
  VECTORS_JSON,
} from "./write-bundle.js";

export interface Bundle {
  readonly manifest: Manifest;
  readonly catalogue: Catalogue;
  /** Undefined where the bundle holds none. */
  readonly vectors: TrackVectors | undefined;
  /** Nearest rows of `vectors`, by the index that the manifest names. */
  readonly index: NearestIndex | undefined;
  /**
   * A recommender by name, the default one without. Restored at the first call, then kept.
   * @throws SegueError (misuse) for a name that is not in the bundle
   */
  recommender(name?: string): FittedRecommender;
  /** What a recommender was saved as. */
  state(name?: string): RecommenderState;
}

export interface OpenOptions {
  /** How a state becomes a recommender; by the registry of kinds by default. */
  readonly restore?: (state: RecommenderState, catalogue: Catalogue) => FittedRecommender;
}

/**
 * Opens a bundle's folder, or a .tar.gz of one.
 *
 * @throws SegueError code "no-bundle" when there is none, "corrupt" when a file is missing, has another size or checksum than
 *   the manifest tells, and "newer-bundle" when a newer segue wrote it
 */
export async function openBundle(place: string, options: OpenOptions = {}): Promise<Bundle> {
  const found = await stat(place).catch(() => undefined);
  if (found === undefined)
    throw new SegueError(`there is no bundle at ${place}`, {
      code: "no-bundle",
      hint: "Make one with: segue run",
    });
  if (found.isDirectory()) return openFolder(place, options, true);
  const folder = await mkdtemp(join(tmpdir(), "segue-bundle-"));
  try {
    await unpackBundle(place, folder);
    return await openFolder(folder, options, false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param stays whether the folder is there as long as the bundle is used, so that files may be mapped */
async function openFolder(folder: string, options: OpenOptions, stays: boolean): Promise<Bundle> {
  const text = await readFile(join(folder, MANIFEST), "utf8").catch((cause) => {
    throw new SegueError(`${folder} is not a bundle: it holds no ${MANIFEST}`, { code: "no-bundle", cause });
  });
  const manifest = parseManifest(text, folder);
  const read = new Set([ARRAYS, CATALOGUE, STATES, VECTORS_JSON]);
  await Promise.all(Object.keys(manifest.files).map((name) => checkSize(folder, name, manifest)));
  const [catalogueFile, arraysFile, states, stored] = await Promise.all([
    checkedTensors(folder, CATALOGUE, manifest),
    checkedTensors(folder, ARRAYS, manifest),
    checkedJson<Record<string, StoredState>>(folder, STATES, manifest),
    manifest.vectors ? checkedJson<StoredVectors>(folder, VECTORS_JSON, manifest) : undefined,
    ...Object.keys(manifest.files)
      .filter((name) => !read.has(name))
      .map((name) =>
        digestBeside(join(folder, name), manifest.files[name]!.bytes).then((sha256) =>
          compare(folder, name, manifest, sha256),
        ),
      ),
  ] as const);
  const catalogue = catalogueOf(catalogueFile.tensors);
  const vectors = stored && vectorsOf(stored, arraysFile, catalogue);
  const index = vectors && (await indexOf(folder, manifest, vectors, stays));
  const restore = options.restore ?? restoreRecommender;
  const restored = new Map<string, FittedRecommender>();
  const stateOf = (name = manifest.recommenders[0]) => {
    if (name === undefined || !Object.hasOwn(states, name))
      throw misuse(
        name === undefined
          ? `the bundle ${folder} holds no recommender`
          : `the bundle ${folder} has no recommender "${name}"`,
        `It has: ${manifest.recommenders.join(", ") || "none"}.`,
      );
    return { name, state: loadState(states[name]!, arraysFile.tensors) };
  };
  return {
    manifest,
    catalogue,
    vectors,
    index,
    state: (name) => stateOf(name).state,
    recommender: (asked) => {
      const { name, state } = stateOf(asked);
      let recommender = restored.get(name);
      if (!recommender) restored.set(name, (recommender = restore(state, catalogue)));
      return recommender;
    },
  };
}

function vectorsOf(stored: StoredVectors, { tensors }: Tensors, { tracks }: Catalogue): TrackVectors {
  const array = (name: string) => tensors[name]!.array;
  return new TrackVectors({
    tracks: Array.from(array(stored.rows), (number) => tracks[number]!),
    size: stored.size,
    vectors: array(stored.vectors) as Float32Array,
    ...(stored.counts ? { counts: array(stored.counts) as Float64Array } : {}),
    ...(stored.outputs ? { outputs: array(stored.outputs) as Float32Array } : {}),
  });
}

async function indexOf(
  folder: string,
  { index }: Manifest,
  vectors: TrackVectors,
  stays: boolean,
): Promise<NearestIndex> {
  if (index?.kind !== "usearch") return exactIndex(vectors);
  const { openUsearch } = await import("./nearest/usearch.js");
  const quantization = index.quantization === "i8" ? "i8" : "f16";
  return openUsearch(vectors, join(folder, GRAPH), { quantization, mapped: stays });
}

async function checkedTensors(folder: string, name: string, manifest: Manifest): Promise<Tensors> {
  const hash = createHash("sha256");
  const tensors = await readSafetensors(join(folder, name), {
    shared: true,
    onBytes: (bytes) => hash.update(bytes),
  });
  compare(folder, name, manifest, hash.digest("hex"));
  return tensors;
}

async function checkedJson<T>(folder: string, name: string, manifest: Manifest): Promise<T> {
  const bytes = await readFile(join(folder, name));
  compare(folder, name, manifest, createHash("sha256").update(bytes).digest("hex"));
  return JSON.parse(bytes.toString("utf8")) as T;
}

async function checkSize(folder: string, name: string, manifest: Manifest): Promise<void> {
  const told = manifest.files[name]!.bytes;
  const found = await stat(join(folder, name)).catch(() => undefined);
  if (found === undefined) throw damaged(folder, `${name} is missing`);
  if (found.size !== told)
    throw damaged(folder, `${name} has ${found.size} bytes, the manifest tells ${told}`);
}

/**
 * The SHA-256 of a file that is not read otherwise. Web Crypto computes it on a thread of Node's pool, while this thread is
 * busy with the arrays; it wants all bytes at once, so larger files go through here in pieces.
 */
async function digestBeside(path: string, bytes: number): Promise<string> {
  if (bytes > 2 ** 30) return sha256Of(path);
  const held = new Uint8Array(bytes);
  const file = await open(path);
  try {
    // One read for all: many small ones would wait for this thread each time.
    for (let at = 0; at < bytes; ) {
      const { bytesRead } = await file.read(held, at, bytes - at, at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
  return Buffer.from(await webcrypto.subtle.digest("SHA-256", held)).toString("hex");
}

function compare(folder: string, name: string, manifest: Manifest, sha256: string): void {
  if (manifest.files[name]?.sha256 !== sha256)
    throw damaged(folder, `${name} is not what was written: its checksum differs`);
}

function damaged(folder: string, what: string): SegueError {
  return new SegueError(`the bundle ${folder} is damaged: ${what}`, {
    code: "corrupt",
    hint: "Copy it again from where it came, or build it again with: segue run deployment",
  });
}
