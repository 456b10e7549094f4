/** Stores artifacts: what a step returned becomes content-addressed objects and references to them. */
import { hash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Store } from "../../storage/index.js";
import { explainDiskError, messageOf, SegueError, sha256Of, temporaryBeside } from "../../system/index.js";
import { isFileArtifact, type LocalFile } from "./file.js";
import { toJson } from "./json.js";
import { isTypedArray, toNpy } from "./npy.js";
import { type ArtifactRef, type FolderManifest, objectKey } from "./ref.js";
import { isTable, writeTable } from "./table.js";

/** Where an artifact comes from, for messages and for `by`. */
export interface Origin {
  readonly step: string;
  readonly task: string;
  /** A folder for intermediate files. */
  readonly folder: string;
}

/**
 * Stores one value.
 *
 * @throws SegueError (code "artifact-unstorable") naming the artifact and the step, if the value cannot be stored
 */
export async function storeArtifact(
  store: Store,
  name: string,
  value: unknown,
  origin: Origin,
): Promise<ArtifactRef> {
  const by = `${origin.step}/${origin.task}`;
  try {
    if (isFileArtifact(value)) {
      if ("ref" in value) return { ...value.ref, by };
      return { ...(await storeFile(store, value)), by };
    }
    if (isTable(value)) {
      if (value.ref) return { ...value.ref, by };
      const path = temporaryBeside(join(origin.folder, ".table"));
      const rows = await writeTable(value, path);
      const { sha, size } = await putFile(store, path);
      return { kind: "table", sha, size, by, length: rows };
    }
    if (Buffer.isBuffer(value)) {
      const stored = await putBytes(
        store,
        toNpy(new Uint8Array(value.buffer, value.byteOffset, value.length)),
      );
      return { kind: "array", ...stored, by, length: value.length, buffer: true };
    }
    if (isTypedArray(value)) {
      return { kind: "array", ...(await putBytes(store, toNpy(value))), by, length: value.length };
    }
    const stored = await putBytes(store, new TextEncoder().encode(toJson(value)));
    return { kind: "json", ...stored, by, ...(Array.isArray(value) ? { length: value.length } : {}) };
  } catch (thrown) {
    const error = explainDiskError(thrown, store.url);
    if (error instanceof SegueError) throw error;
    throw new SegueError(`cannot store artifact "${name}" of step ${by}: ${messageOf(error)}`, {
      hint: "artifacts are plain values (JSON), typed arrays, table(rows) and file(path), each of the last three under a name of its own",
      cause: error,
      code: "artifact-unstorable",
    });
  }
}

async function storeFile(store: Store, value: LocalFile): Promise<Omit<ArtifactRef, "by">> {
  if (!value.isFolder) return { kind: "file", ...(await putFile(store, value.source)), name: value.name };
  const files: { path: string; sha: string; size: number }[] = [];
  for (const entry of readdirSync(value.source, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const key = relative(value.source, path).split(sep).join("/");
    // A link is stored as the file that it points to.
    if (!statSync(path, { throwIfNoEntry: false })?.isFile())
      throw new Error(`its ${key} is neither a file nor a folder, nor a link to a file`);
    files.push({ path: key, ...(await putFile(store, path)) });
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const manifest: FolderManifest = { files };
  const { sha } = await putBytes(store, new TextEncoder().encode(JSON.stringify(manifest)));
  const size = files.reduce((sum, each) => sum + each.size, 0);
  return { kind: "folder", sha, size, name: value.name, length: files.length };
}

/** Stores bytes under their hash. If they exist, only touches them, so that a running `segue gc` keeps them. */
async function putBytes(store: Store, bytes: Uint8Array): Promise<{ sha: string; size: number }> {
  const sha = hash("sha256", bytes);
  if (!(await store.touch(objectKey(sha)))) await store.put(objectKey(sha), bytes);
  return { sha, size: bytes.byteLength };
}

async function putFile(store: Store, path: string): Promise<{ sha: string; size: number }> {
  const sha = await sha256Of(path);
  if (!(await store.touch(objectKey(sha)))) await store.putFile(objectKey(sha), path);
  return { sha, size: (await stat(path)).size };
}
