/** Whether a place can be written, found out before long work and not after it. */
import { open, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { temporaryBeside } from "./atomic-file.js";
import { explainDiskError } from "./disk-error.js";
import { misuse } from "./errors.js";
import { refuseDevice } from "./ordinary-file.js";
import { isUrl } from "./value-range.js";

/**
 * Tries whether `path` could be written, and leaves nothing behind. Folders above it that do not exist yet are no obstacle.
 *
 * @param kind what will be written: one file (default), or files into a folder
 * @throws SegueError (misuse) where something else stands there; (code "disk") where the system refuses it
 */
export async function checkOutput(path: string, kind: "file" | "folder" = "file"): Promise<void> {
  if (isUrl(path))
    throw misuse(`${path} is no path on this machine`, "Write it to a path, and copy it there afterwards.");
  const there = await stat(path).catch(() => undefined);
  if (kind === "file" && there?.isDirectory())
    throw misuse(`${path} is a folder`, "Name a file that can be written.");
  await refuseDevice(path);
  if (kind === "folder" && there && !there.isDirectory())
    throw misuse(`${path} is a file`, "Name a folder, or one that can be made.");
  const folder = kind === "folder" && there ? path : await nearestAbove(path);
  // Asking for permissions would not do: whoever may do everything still cannot write to a read-only or a special file system.
  const trial = temporaryBeside(join(folder, ".segue"));
  try {
    await (await open(trial, "wx")).close();
  } catch (error) {
    throw explainDiskError(error, path);
  }
  await rm(trial, { force: true });
}

/** The folder above it that exists. */
async function nearestAbove(path: string): Promise<string> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const there = await stat(folder).catch(() => undefined);
    if (there?.isDirectory()) return folder;
    if (there || folder === dirname(folder))
      throw misuse(`${folder} is no folder, so ${path} cannot be written`, "Check the path.");
  }
}
