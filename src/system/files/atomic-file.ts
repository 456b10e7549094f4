/** Atomic writes: to a temporary file beside the target, flushed, then renamed over it. */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { copyFile, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { explainDiskError } from "../errors/disk-error.js";
import { flushFile } from "./flush-file.js";
import { ownerMark, sweepLeftovers } from "./leftovers.js";
import { makeFolder } from "./make-folder.js";
import { refuseDevice } from "./ordinary-file.js";

/** Temporary files being filled, which an exit of the process, such as by Ctrl-C, removes. */
const unfinished = new Set<string>();
process.once("exit", () => {
  for (const temporary of unfinished) rmSync(temporary, { force: true, recursive: true });
});

/** Writes `contents` to `path` atomically, and creates its parent folders. A failure leaves no temporary file. */
export async function writeFileAtomic(path: string, contents: string | Uint8Array): Promise<void> {
  await writeAtomically(path, (temporary) => writeNewFile(temporary, contents));
}

/** Writes a file that must not exist yet, and flushes it to disk. */
export async function writeNewFile(path: string, contents: string | Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(contents);
    await flushFile(file);
  } finally {
    await file.close();
  }
}

/** A unique temporary path beside `path`. Those that killed processes left there are removed. */
export function temporaryBeside(path: string): string {
  sweepLeftovers(dirname(path));
  return `${path}.${ownerMark()}-${randomBytes(4).toString("hex")}.tmp`;
}

/** Whether a name is one of `temporaryBeside`: a file not written completely. */
export const isUnfinished = (name: string) => /\.([0-9a-f]{8}-)?\d+(-\d*)?-[0-9a-f]{8}\.tmp$/.test(name);

/** Lets `write` fill a temporary file beside `path` by any means (a stream, DuckDB's COPY) and renames it into place. */
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
  unfinished.add(temporary);
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true, recursive: true });
    const { code, path: at } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw explainDiskError(error, path);
    // Some callers retry if the folder has been removed; they check for Node's own code.
    throw at === temporary ? Object.assign(error as Error, { path, dest: undefined }) : error;
  } finally {
    unfinished.delete(temporary);
  }
}

/** Moves a finished file to `path` and creates its parent folders. Onto another disk it is copied, still atomically. */
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
