/** A store in a local folder: one file per object, written to a temporary file beside it and moved into place. */
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { chmod, constants, copyFile, link, open, readFile, rm, rmdir, stat, utimes } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  aPath,
  explainDiskError,
  flushFile,
  isLeftOver,
  isUnfinished,
  makeFolder,
  requireWithin,
  SegueError,
  temporaryBeside,
  writeAtomically,
  writeFileAtomic,
  writeNewFile,
} from "../system/index.js";
import { checkKey } from "./key.js";
import type { Store, StoredObject } from "./store.js";

/** In bytes. Up to this size a blocking read is faster than one in the thread pool. */
const smallFile = 64 * 1024;

const isAbsent = (error: unknown) =>
  ["ENOENT", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "");

/** A store in a local folder. */
export class FolderStore implements Store {
  readonly url: string;

  /**
   * @param folder the root; created with the first object
   * @throws SegueError (misuse) if it is not a path
   */
  constructor(folder: string) {
    requireWithin(aPath, "a store's folder", folder);
    this.url = resolve(folder);
  }

  /** The path of the object's file, for direct reading; do not change the file. */
  localPath(key: string): string {
    checkKey(key);
    return join(this.url, key);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const path = this.localPath(key);
    try {
      const file = openSync(path, "r");
      try {
        const { size } = fstatSync(file);
        if (size <= smallFile) {
          const contents = new Uint8Array(size);
          let read = 0;
          while (read < size) {
            const count = readSync(file, contents, read, size - read, read);
            if (count === 0) break;
            read += count;
          }
          return contents.subarray(0, read);
        }
      } finally {
        closeSync(file);
      }
      return await readFile(path);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw readingFailed(key, this.url, error);
    }
  }

  async put(key: string, contents: Uint8Array | string): Promise<void> {
    await this.#retryWhenSwept(() => writeFileAtomic(this.localPath(key), contents));
  }

  async putIfAbsent(key: string, contents: Uint8Array | string): Promise<boolean> {
    const path = this.localPath(key);
    return this.#retryWhenSwept(async () => {
      const temporary = temporaryBeside(path);
      try {
        makeFolder(dirname(path));
        await writeNewFile(temporary, contents);
        // Unlike rename, link fails if the name is taken.
        await link(temporary, path);
        return true;
      } catch (error) {
        const { code, syscall } = error as NodeJS.ErrnoException;
        if (code === "EEXIST" && syscall === "link") return false;
        if (syscall === "link" && withoutLinks.has(code)) throw noLinks(this.url, error);
        // If the folder has been removed, a retry recreates it.
        throw code === "ENOENT" ? error : explainDiskError(error, path);
      } finally {
        await rm(temporary, { force: true }).catch(() => {});
      }
    });
  }

  async putFile(key: string, path: string): Promise<void> {
    const target = this.localPath(key);
    await this.#retryWhenSwept(() =>
      writeAtomically(target, async (temporary) => {
        const mode = await modeOfNew(temporary);
        await copyFile(path, temporary, constants.COPYFILE_FICLONE);
        // Copying keeps the permissions of the source, which may be read-only. File systems without permissions refuse to set them.
        if ((await stat(temporary)).mode !== mode) await chmod(temporary, mode);
        const file = await open(temporary, "r+");
        try {
          await flushFile(file);
        } finally {
          await file.close();
        }
      }),
    );
  }

  async getFile(key: string, path: string): Promise<boolean> {
    const source = this.localPath(key);
    try {
      if (!(await stat(source)).isFile()) return false;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw readingFailed(key, this.url, error);
    }
    await writeAtomically(path, (temporary) => copyFile(source, temporary, constants.COPYFILE_FICLONE));
    return true;
  }

  async exists(key: string): Promise<boolean> {
    try {
      return statSync(this.localPath(key)).isFile();
    } catch (error) {
      if (isAbsent(error)) return false;
      throw readingFailed(key, this.url, error);
    }
  }

  async touch(key: string): Promise<boolean> {
    if (!(await this.exists(key))) return false;
    const now = new Date();
    return utimes(this.localPath(key), now, now).then(
      () => true,
      () => false,
    );
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    const slash = prefix.lastIndexOf("/");
    if (slash > 0) checkKey(prefix.slice(0, slash));
    yield* this.#walk(slash < 0 ? "" : prefix.slice(0, slash + 1), prefix);
  }

  async delete(key: string): Promise<void> {
    const path = this.localPath(key);
    await rm(path, { force: true });
    // Removes parent folders that are now empty, below the root.
    for (let folder = dirname(path); folder.length > this.url.length; folder = dirname(folder)) {
      try {
        await rmdir(folder);
      } catch {
        return;
      }
    }
  }

  /**
   * Removes temporary files left by killed processes.
   *
   * @param since removes those of other machines last modified before this time, in milliseconds since 1970
   */
  async sweepUnfinished(since: number): Promise<void> {
    let entries: import("node:fs").Dirent[];
    try {
      entries = readdirSync(this.url, { recursive: true, withFileTypes: true });
    } catch (error) {
      // If a folder disappears during the listing, the next sweep finds the rest.
      if (isAbsent(error)) return;
      throw readingFailed("", this.url, error);
    }
    for (const { name, parentPath } of entries) {
      if (!isUnfinished(name)) continue;
      const path = join(parentPath, name);
      const facts = lstatSync(path, { throwIfNoEntry: false });
      if (isLeftOver(name) || (facts !== undefined && facts.mtimeMs < since))
        await rm(path, { recursive: true, force: true });
    }
  }

  *#walk(folder: string, prefix: string): Iterable<StoredObject> {
    let entries: import("node:fs").Dirent[];
    try {
      entries = readdirSync(join(this.url, folder), { withFileTypes: true });
    } catch (error) {
      if (isAbsent(error)) return;
      throw readingFailed(folder, this.url, error);
    }
    // A folder sorts as its name with "/", so that keys come in order.
    const named = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort(byText);
    for (const name of named) {
      const key = folder + name;
      if (name.endsWith("/")) {
        if (key.startsWith(prefix) || prefix.startsWith(key)) yield* this.#walk(key, prefix);
      } else if (key.startsWith(prefix) && !isUnfinished(name)) {
        const facts = statSync(join(this.url, key), { throwIfNoEntry: false });
        if (facts?.isFile()) yield { key, size: facts.size, modified: facts.mtimeMs };
      }
    }
  }

  /** Retries, because a concurrent `delete` may remove an empty folder between its creation and the write. */
  async #retryWhenSwept<T>(write: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await write();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT" || attempt === 5) throw error;
      }
    }
  }
}

/** What `link` fails with on exFAT and FAT, and on network drives without hard links. */
const withoutLinks: ReadonlySet<string | undefined> = new Set(["EPERM", "ENOTSUP", "ENOSYS"]);

function noLinks(folder: string, cause: unknown): SegueError {
  return new SegueError(`cannot use ${folder}: its file system has no hard links`, {
    hint: "name a place on another disk; exFAT, FAT and some network drives have none",
    code: "disk",
    cause,
  });
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Creates a file, and returns the permissions that the process gives to new ones. */
async function modeOfNew(path: string): Promise<number> {
  const file = await open(path, "wx");
  try {
    return (await file.stat()).mode;
  } finally {
    await file.close();
  }
}

function readingFailed(key: string, url: string, cause: unknown): SegueError {
  const explained = explainDiskError(cause, join(url, key));
  if (explained instanceof SegueError) return explained;
  return new SegueError(`cannot read ${key || "."} in ${url}: ${(cause as Error).message}`, { cause });
}
