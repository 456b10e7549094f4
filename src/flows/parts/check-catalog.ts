/** Whether the project's catalog says only what the flows go by: the names that they write to, each in its one form. */
import { join, relative } from "node:path";
import { didYouMean, misuse, packageRoot, readConfFile } from "../../system/index.js";

/** What others wrote is read in whatever form it has. */
const found = "raw_playlists";

/**
 * @param root the project's folder
 * @param installed Segue's own; it may be the project
 * @throws SegueError (misuse) naming file and line, for a name that no flow knows and for a format that none writes
 */
export async function checkCatalog(root: string, installed = packageRoot): Promise<void> {
  const { shippedCatalog } = await import("../../playlists/index.js");
  const { entries } = await shippedCatalog(installed);
  const names = [...entries.keys()];
  for (const layer of ["base", "local"]) {
    const path = join(root, "conf", layer, "catalog.yml");
    const file = await readConfFile(relative(process.cwd(), path) || path, "entries by name");
    for (const [name, entry] of Object.entries(file?.values ?? {})) {
      const known = entries.get(name);
      if (known === undefined)
        throw misuse(
          `${file!.placeOf(name)}: no flow reads or writes "${name}"`,
          didYouMean(name, names, `the names are ${names.join(", ")}`),
        );
      const { format } = entry as { readonly format?: string };
      if (format !== undefined && format !== known.format && name !== found)
        throw misuse(
          `${file!.placeOf(name, "format")}: "${name}" is kept as ${known.format}, not as ${format}`,
          `write format: ${known.format}, or leave it out`,
        );
    }
  }
}
