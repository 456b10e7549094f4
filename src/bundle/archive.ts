/** A bundle as one file: a .tar.gz whose bytes depend on the bundle alone. */
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { create, extract } from "tar";
import {
  aPath,
  checkOutput,
  explainDiskError,
  messageOf,
  refusePipe,
  requireOptions,
  requireWithin,
  SegueError,
  someText,
  writeAtomically,
} from "../system/index.js";

/**
 * Packs a folder into the .tar.gz `file`, reproducibly: sorted by name, without times, owners or modes.
 *
 * @param options.prefix a folder for the files inside the archive, such as "model/1"; default: none
 * @throws SegueError (misuse) if `folder` or `file` is not a path; (code "disk") if reading or writing fails
 */
export async function packFolder(
  folder: string,
  file: string,
  options: { prefix?: string } = {},
): Promise<void> {
  requireWithin(aPath, "folder", folder);
  requireWithin(aPath, "file", file);
  requireOptions(options, { prefix: someText }, "packFolder");
  await checkOutput(file);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw explainDiskError(error, folder);
  });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  await writeAtomically(file, async (temporary) => {
    await create(
      {
        cwd: folder,
        file: temporary,
        gzip: { level: 6, portable: true } as object,
        portable: true,
        noPax: true,
        mtime: new Date(0),
        ...(options.prefix ? { prefix: options.prefix } : {}),
      },
      names,
    );
  });
}

/** A bundle has a dozen files; a small archive can hold a million empty ones. */
const mostEntries = 1000;

/** @throws SegueError (code "corrupt") if it is not a complete .tar.gz; (misuse) if it is a pipe */
export async function unpackBundle(file: string, folder: string): Promise<void> {
  await refusePipe(file);
  let entries = 0;
  try {
    await extract({
      file,
      cwd: folder,
      strict: true,
      // Links could lead out of the folder; a bundle has none.
      filter: (_, entry) =>
        ++entries <= mostEntries &&
        (!("type" in entry) || entry.type === "File" || entry.type === "Directory"),
    });
  } catch (cause) {
    const explained = explainDiskError(cause, file);
    if (explained instanceof SegueError) throw explained;
    throw new SegueError(`${file} is not a complete .tar.gz: ${messageOf(cause)}`, {
      hint: "a bundle is a folder with a manifest.json in it, or a .tar.gz of one; segue run makes one from your playlists",
      code: "corrupt",
      cause,
    });
  }
}
