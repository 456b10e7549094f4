/** Checks that the project's catalog has only names that the flows use, each with the format that they write. */
import { join, relative } from "node:path";
import { didYouMean, misuse, packageRoot, readConfFile } from "../../system/index.js";

/** The one entry that is only read, in any format. */
const found = "raw_playlists";

/**
 * @param root the project's folder
 * @param installed Segue's own folder; may be the project's
 * @throws SegueError (misuse) naming file and line, for an unknown name or another format than the flow writes
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
