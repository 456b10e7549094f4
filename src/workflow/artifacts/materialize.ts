/** Puts stored files where this machine can read them: hard links beside a local datastore, downloads from a remote one. */
import { existsSync } from "node:fs";
import { copyFile, link, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { FolderStore, type Store } from "../../storage/index.js";
import { makeFolder, SegueError, temporaryBeside } from "../../system/index.js";
import { type ArtifactRef, type FolderManifest, objectKey } from "./ref.js";

/** Where the readable copies are: within a local datastore, else SEGUE_CACHE or ~/.cache/segue. */
export function filesFolder(store: Store): string {
  return store instanceof FolderStore
    ? join(store.url, "files")
    : join(process.env.SEGUE_CACHE ?? join(homedir(), ".cache", "segue"), "files");
}

/** The path at which a stored file or folder can be read, under the name it had. */
export async function materialize(store: Store, ref: ArtifactRef, where: string): Promise<string> {
  const target = join(filesFolder(store), ref.sha.slice(0, 32), ref.name ?? "file");
  if (existsSync(target)) return target;
  const temporary = temporaryBeside(dirname(target));
  const lacking = () => missingArtifact(ref, where);
  try {
    const entry = join(temporary, ref.name ?? "file");
    if (ref.kind === "folder") {
      const manifest = await store.get(objectKey(ref.sha));
      if (!manifest) throw lacking();
      makeFolder(entry);
      for (const { path, sha } of (JSON.parse(new TextDecoder().decode(manifest)) as FolderManifest).files)
        await place(store, sha, join(entry, ...path.split("/")), lacking);
    } else {
      await place(store, ref.sha, entry, lacking);
    }
    makeFolder(dirname(target));
    // Whoever came first has put the same content there.
    await rename(entry, target).catch((error) => {
      if (!existsSync(target)) throw error;
    });
    return target;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function place(store: Store, sha: string, target: string, lacking: () => Error): Promise<void> {
  makeFolder(dirname(target));
  if (!(store instanceof FolderStore)) {
    if (!(await store.getFile(objectKey(sha), target))) throw lacking();
    return;
  }
  const source = store.localPath(objectKey(sha));
  if (!existsSync(source)) throw lacking();
  // Not every file system has hard links.
  await link(source, target).catch(() => copyFile(source, target));
}

export function missingArtifact(ref: Pick<ArtifactRef, "by">, where: string): SegueError {
  return new SegueError(`${where}: its content is no longer in the datastore`, {
    hint: `it may have been removed by \`segue gc\`; to make it anew, resume the run with --step ${ref.by.split("/")[0]}`,
    code: "artifact-missing",
  });
}
