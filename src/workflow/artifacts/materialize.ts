/** Makes stored files readable on this machine: hard links within a local datastore, downloads from a remote one. */
import { existsSync, statSync } from "node:fs";
import { copyFile, link, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { FolderStore, isKey, type Store } from "../../storage/index.js";
import { makeFolder, SegueError, temporaryBeside } from "../../system/index.js";
import { readRecord } from "../records/read-record.js";
import { damagedArtifact, missingArtifact } from "./not-whole.js";
import { type ArtifactRef, type FolderManifest, objectKey } from "./ref.js";

/** The folder of an object's readable copy: within a local datastore, or for remote ones in SEGUE_CACHE or ~/.cache/segue. */
export function copyFolder(store: Store, sha: string): string {
  const files =
    store instanceof FolderStore
      ? join(store.url, "files")
      : join(process.env.SEGUE_CACHE ?? join(homedir(), ".cache", "segue"), "files");
  return join(files, sha.slice(0, 32));
}

const unsafeHint = {
  hint: "was the datastore written by Segue? Do not use it otherwise",
  code: "artifact-damaged",
} as const;

/**
 * The path at which a stored file or folder can be read, under its original name.
 *
 * @throws SegueError if its content is missing, or has another size than recorded
 */
export async function materialize(store: Store, ref: ArtifactRef, where: string): Promise<string> {
  const { name = "file" } = ref;
  // Records and manifests of a foreign datastore must not lead out of the folder of copies.
  const unsafe = () =>
    new SegueError(`${where} is damaged: it names a place outside the datastore`, unsafeHint);
  if (!/^[0-9a-f]{64}$/.test(ref.sha) || !isKey(name) || name.includes("/")) throw unsafe();
  const target = join(copyFolder(store, ref.sha), name);
  if (existsSync(target)) {
    if (ref.kind === "folder" || statSync(target).size === ref.size) return target;
    await rm(target);
  }
  const temporary = temporaryBeside(dirname(target));
  const put = async ({ sha, size }: { sha: string; size: number }, path: string) => {
    if (!(await place(store, sha, path))) throw missingArtifact(ref, where);
    if (statSync(path).size !== size) throw damagedArtifact(store, { ...ref, sha }, where);
  };
  try {
    const entry = join(temporary, name);
    if (ref.kind === "folder") {
      const manifest = await readRecord<FolderManifest>(store, objectKey(ref.sha));
      if (!manifest) throw missingArtifact(ref, where);
      makeFolder(entry);
      for (const { path, ...file } of manifest.files) {
        if (!isKey(path)) throw unsafe();
        await put(file, join(entry, ...path.split("/")));
      }
    } else {
      await put(ref, entry);
    }
    makeFolder(dirname(target));
    // If another process was first, it put the same content there.
    await rename(entry, target).catch((error) => {
      if (!existsSync(target)) throw error;
    });
    return target;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Puts an object at `target`. @returns whether the object exists */
async function place(store: Store, sha: string, target: string): Promise<boolean> {
  makeFolder(dirname(target));
  if (!(store instanceof FolderStore)) return store.getFile(objectKey(sha), target);
  const source = store.localPath(objectKey(sha));
  if (!existsSync(source)) return false;
  // Not every file system has hard links.
  await link(source, target).catch(() => copyFile(source, target));
  return true;
}
