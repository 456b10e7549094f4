/** Finds the bundles in a folder by their manifests. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { explainDiskError, quoted, SegueError } from "../system/index.js";

export const manifestName = "manifest.json";

/**
 * The names of the bundles in a folder, the latest first; empty if it is not a folder. Others may lie beside them that may not be read, such
 * as lost+found of a disk.
 *
 * @throws SegueError if the folder may not be read, or everything in it that could be a bundle may not
 */
export async function bundlesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(unlessDenied([]));
  const found: Array<{ readonly name: string; readonly written: number }> = [];
  const denied: string[] = [];
  for (const name of names) {
    // Bundles being written or replaced may have a manifest too.
    if (/\.(tmp|old)$/.test(name)) continue;
    const manifest = await stat(join(folder, name, manifestName)).catch((error: unknown) => {
      if (isDenied(error)) denied.push(name);
    });
    if (manifest) found.push({ name, written: manifest.mtimeMs });
  }
  if (found.length === 0 && denied.length > 0)
    throw new SegueError(
      `${folder} holds no bundle that this user may read: permission denied for ${quoted(denied, 3)}`,
      { code: "no-bundle", hint: "change their permissions, or run as their owner" },
    );
  return found.sort((a, b) => b.written - a.written || (a.name < b.name ? 1 : -1)).map(({ name }) => name);
}

/** Whether a folder has a manifest. @throws SegueError if that may not be known */
export async function hasManifest(folder: string): Promise<boolean> {
  return (await stat(join(folder, manifestName)).catch(unlessDenied(undefined))) !== undefined;
}

/** For what may not be there: gives `value` then, but explains a lack of permissions. */
export function unlessDenied<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    refuseDenied(error);
    return value;
  };
}

/** Throws the explained error if it is a lack of permissions. */
export function refuseDenied(error: unknown): void {
  if (isDenied(error)) throw explainDiskError(error);
}

function isDenied(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EACCES";
}
