/** Loads artifacts from the datastore. */
import { hash } from "node:crypto";
import type { Store } from "../../storage/index.js";
import { messageOf, SegueError } from "../../system/index.js";
import type { StoredFile } from "./file.js";
import { fromJson } from "./json.js";
import { materialize } from "./materialize.js";
import { damagedArtifact, missingArtifact } from "./not-whole.js";
import { fromNpy } from "./npy.js";
import { type ArtifactRef, handleMark, objectKey } from "./ref.js";
import { openTable } from "./table.js";

/**
 * Loads the value that `ref` points at. Tables and files are returned as lazy handles; JSON and typed arrays are read, and checked
 * against their hash.
 *
 * @param where the artifact and the step, for messages: `artifact "grid" of modeling/2026…/start/0`
 */
export async function loadArtifact(store: Store, ref: ArtifactRef, where: string): Promise<unknown> {
  if (ref.kind === "file" || ref.kind === "folder") return storedFile(store, ref, where);
  if (ref.kind === "table")
    return openTable(ref, () => materialize(store, { ...ref, name: "table.parquet" }, where));
  const bytes = await store.get(objectKey(ref.sha));
  if (!bytes) throw missingArtifact(ref, where);
  if (hash("sha256", bytes) !== ref.sha) throw damagedArtifact(store, ref, where);
  try {
    if (ref.kind === "json") return fromJson(new TextDecoder().decode(bytes));
    const array = fromNpy(bytes);
    return ref.buffer ? Buffer.from(array.buffer, array.byteOffset, array.byteLength) : array;
  } catch (error) {
    throw new SegueError(`cannot read ${where}: ${messageOf(error)}`, { cause: error });
  }
}

function storedFile(store: Store, ref: ArtifactRef, where: string): StoredFile {
  return {
    [handleMark]: "file",
    name: ref.name ?? "file",
    ref,
    path: () => materialize(store, ref, where),
  };
}
