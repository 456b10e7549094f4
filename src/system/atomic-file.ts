/** Writes that are seen whole or not at all: to a temporary neighbour, flushed, then renamed over the target. */
import { randomBytes } from "node:crypto";
import { copyFile, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { explainDiskError } from "./disk-error.js";
import { makeFolder } from "./make-folder.js";
import { refuseDevice } from "./ordinary-file.js";

/** Writes `contents` to `path` atomically, making the folders above it. Nothing is left behind when it fails. */
export async function writeFileAtomic(path: string, contents: string | Uint8Array): Promise<void> {
  await writeAtomically(path, (temporary) => writeNewFile(temporary, contents));
}

/** Writes a file that must not be there yet, and waits until the disk has it. */
export async function writeNewFile(path: string, contents: string | Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(contents);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A name beside `path` that nobody else takes. */
export const temporaryBeside = (path: string) =>
  `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;

/** Whether a file is called as `temporaryBeside` calls those that are not finished. */
export const isUnfinished = (name: string) => /\.\d+-[0-9a-f]{8}\.tmp$/.test(name);

/** Lets `write` fill a temporary file beside `path` (by any means: a stream, DuckDB's COPY) and renames it into place. */
export async function writeAtomically(
  path: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  await refuseDevice(path);
  try {
    makeFolder(dirname(path));
  } catch (error) {
    throw explainDiskError(error, path);
  }
  const temporary = temporaryBeside(path);
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true, recursive: true });
    const { code, path: at } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw explainDiskError(error, path);
    // That the folder has gone is a thing some callers can put right; they look for Node's own code.
    throw at === temporary ? Object.assign(error as Error, { path, dest: undefined }) : error;
  }
}

/** Renames a finished file to `path`, making the folders above it; where that is another disk, by way of a copy beside it. */
export async function moveIntoPlace(finished: string, path: string): Promise<void> {
  makeFolder(dirname(path));
  try {
    await rename(finished, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    await writeAtomically(path, (temporary) => copyFile(finished, temporary));
    await rm(finished, { force: true });
  }
}
