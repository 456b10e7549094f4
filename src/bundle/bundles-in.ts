/** Which bundles a folder holds, told by their manifests alone. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

export const manifestName = "manifest.json";

/** The names of the bundles in a folder, the one written last first; none where it is no folder. */
export async function bundlesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const found: Array<{ readonly name: string; readonly written: number }> = [];
  for (const name of names) {
    // What is being written, or being replaced, has a manifest as well.
    if (/\.(tmp|old)$/.test(name)) continue;
    const manifest = await stat(join(folder, name, manifestName)).catch(() => undefined);
    if (manifest !== undefined) found.push({ name, written: manifest.mtimeMs });
  }
  return found.sort((a, b) => b.written - a.written || (a.name < b.name ? 1 : -1)).map(({ name }) => name);
}
