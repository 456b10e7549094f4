/** Checks that an output can be written before long work starts. */
import { open, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isUrl } from "../arguments/value-range.js";
import { explainDiskError } from "../errors/disk-error.js";
import { misuse } from "../errors/errors.js";
import { temporaryBeside } from "./atomic-file.js";
import { refuseDevice } from "./ordinary-file.js";

/**
 * Checks that `path` can be written, and leaves nothing behind. Parent folders need not exist yet.
 *
 * @param kind what will be written: one file (default), or files into a folder
 * @throws SegueError (misuse) if something else is at the path; (code "disk") if the system refuses the write
 */
export async function checkOutput(path: string, kind: "file" | "folder" = "file"): Promise<void> {
  if (isUrl(path))
    throw misuse(
      `${path} is not a path on this machine`,
      "Write to a local path, then copy the result there.",
    );
  const there = await stat(path).catch(() => undefined);
  if (kind === "file" && (there?.isDirectory() || path.endsWith("/")))
    throw misuse(`${path} is a folder`, "Name a file that can be written.");
  await refuseDevice(path);
  if (kind === "folder" && there && !there.isDirectory())
    throw misuse(`${path} is a file`, "Name a folder; it need not exist yet.");
  const folder = kind === "folder" && there ? path : await nearestAbove(path);
  // Checking permissions is not enough: root, too, cannot write to a read-only or special file system. And a temporary file's name
  // is longer than that of its file.
  const trial = temporaryBeside(join(folder, basename(path)));
  try {
    await (await open(trial, "wx")).close();
  } catch (error) {
    throw explainDiskError(error, path);
  }
  await rm(trial, { force: true });
}

/** The nearest parent folder that exists. */
async function nearestAbove(path: string): Promise<string> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const there = await stat(folder).catch(() => undefined);
    if (there?.isDirectory()) return folder;
    if (there || folder === dirname(folder))
      throw misuse(`${folder} is not a folder, so ${path} cannot be written`, "Check the path.");
  }
}
