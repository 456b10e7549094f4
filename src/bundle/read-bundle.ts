/** Reads a bundle's files, and checks all of them against the manifest before any is used. */
import { createHash, hash, webcrypto } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors, SegueError, sha256Of, type Tensors } from "../system/index.js";
import { type PackedLists, packLists } from "../track2vec/index.js";
import { bundlesIn, manifestName, refuseDenied } from "./bundles-in.js";
import { corrupt, type Manifest, parseManifest } from "./manifest.js";
import { arrayNamed, type StoredState } from "./state-arrays.js";
import { ARRAYS, CATALOGUE, STATES, type StoredVectors, VECTORS_JSON } from "./write-bundle.js";

/** The contents of a bundle's files as plain data in shared memory: sending them to another thread copies no array. */
export interface BundleContents {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly catalogue: Tensors["tensors"];
  readonly arrays: Tensors["tensors"];
  readonly states: Readonly<Record<string, StoredState>>;
  readonly stored: StoredVectors | undefined;
  /** The inverted file, if the bundle has one. */
  readonly packed: PackedLists | undefined;
}

/**
 * Reads and checks a bundle's folder.
 *
 * @throws SegueError as `openBundle` does
 */
export async function readBundle(folder: string): Promise<BundleContents> {
  const manifest = await readManifest(folder);
  const read = new Set([ARRAYS, CATALOGUE, STATES, VECTORS_JSON]);
  await Promise.all(Object.keys(manifest.files).map((name) => checkSize(folder, name, manifest)));
  const [catalogue, arrays, states, stored] = await Promise.all([
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
  const packed = stored && packedOf(stored, arrays.tensors);
  return { folder, manifest, catalogue: catalogue.tensors, arrays: arrays.tensors, states, stored, packed };
}

/**
 * Checks every file of a bundle's folder against the manifest, without holding any in memory.
 *
 * @throws SegueError as `openBundle` does
 */
export async function checkBundle(folder: string): Promise<Manifest> {
  const manifest = await readManifest(folder);
  for (const name of Object.keys(manifest.files)) {
    await checkSize(folder, name, manifest);
    compare(folder, name, manifest, await sha256Of(join(folder, name)));
  }
  return manifest;
}

async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, manifestName), "utf8").catch(async (cause) => {
    refuseDenied(cause);
    const [inside] = await bundlesIn(folder);
    throw new SegueError(`${folder} is not a bundle: it holds no ${manifestName}`, {
      hint: inside === undefined ? "Make one with: segue run" : `There is one in it: ${join(folder, inside)}`,
      code: "no-bundle",
      cause,
    });
  });
  return parseManifest(text, folder);
}

function packedOf(
  { size, vectors, lists }: StoredVectors,
  tensors: Tensors["tensors"],
): PackedLists | undefined {
  if (lists === undefined) return undefined;
  const array = <T>(name: string) => arrayNamed(name, tensors, "the index") as T;
  return packLists(array(vectors), size, {
    centres: array(lists.centres),
    starts: array(lists.starts),
    rows: array(lists.rows),
    probes: lists.probes,
  });
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
  compare(folder, name, manifest, hash("sha256", bytes));
  return JSON.parse(bytes.toString("utf8")) as T;
}

async function checkSize(folder: string, name: string, manifest: Manifest): Promise<void> {
  const told = manifest.files[name]!.bytes;
  const found = await stat(join(folder, name)).catch(() => undefined);
  if (found === undefined) throw corrupt(folder, `is damaged: ${name} is missing`);
  // A device such as /dev/zero has no end, and a pipe would be waited for.
  if (!found.isFile()) throw corrupt(folder, `is damaged: ${name} is not a file`);
  if (found.size !== told)
    throw corrupt(folder, `is damaged: ${name} has ${found.size} bytes, the manifest says ${told}`);
}

/**
 * The SHA-256 of a file that is not otherwise read. Web Crypto computes it on a thread of Node's pool while this thread handles the
 * arrays. It needs all bytes at once, so files over 1 GiB are hashed in pieces on this thread.
 */
async function digestBeside(path: string, bytes: number): Promise<string> {
  if (bytes > 2 ** 30) return sha256Of(path);
  const held = new Uint8Array(bytes);
  const file = await open(path);
  try {
    // One large read: many small ones would each wait for this busy thread.
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
    throw corrupt(folder, `is damaged: ${name} is not what was written: its checksum differs`);
}
