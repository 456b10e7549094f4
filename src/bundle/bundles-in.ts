/** Finds the bundles in a folder by their manifests. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

export const manifestName = "manifest.json";

/** The names of the bundles in a folder, the latest first; empty if it is not a folder. */
export async function bundlesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const found: Array<{ readonly name: string; readonly written: number }> = [];
  for (const name of names) {
    // Bundles being written or replaced may have a manifest too.
    if (/\.(tmp|old)$/.test(name)) continue;
    const manifest = await stat(join(folder, name, manifestName)).catch(() => undefined);
    if (manifest !== undefined) found.push({ name, written: manifest.mtimeMs });
  }
  return found.sort((a, b) => b.written - a.written || (a.name < b.name ? 1 : -1)).map(({ name }) => name);
}
