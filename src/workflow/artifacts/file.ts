/** Files and folders as artifacts: stored by content, never loaded into memory. */
import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { aPath, misuse, requireWithin, SegueError } from "../../system/index.js";
import { type ArtifactRef, handleMark } from "./ref.js";

/** A file or folder that this step or an earlier one produced. */
export interface FileArtifact {
  readonly [handleMark]: "file";
  /** The name of the original file or folder. */
  readonly name: string;
  /**
   * Its path on this machine; downloads it first if the datastore is remote. Do not write to it: others may read the same file.
   */
  path(): Promise<string>;
}

/** A `FileArtifact` in the datastore. */
export interface StoredFile extends FileArtifact {
  readonly ref: ArtifactRef;
}

/** A `FileArtifact` that is not stored yet. */
export interface LocalFile extends FileArtifact {
  readonly source: string;
  readonly isFolder: boolean;
}

/**
 * Makes an artifact of a file or a folder that the step wrote, preferably in `task.folder`: `return { model: file(path) }`.
 *
 * @throws SegueError if it does not exist; (misuse) if it is neither a file nor a folder
 */
export function file(path: string): FileArtifact {
  requireWithin(aPath, "file's path", path);
  const facts = statSync(path, { throwIfNoEntry: false });
  if (!facts) throw new SegueError(`there is no file ${path} to make an artifact of`);
  if (!facts.isFile() && !facts.isDirectory())
    throw misuse(`${path} is neither a file nor a folder`, "write its content to a file");
  const local: LocalFile = {
    [handleMark]: "file",
    name: basename(resolve(path)),
    source: resolve(path),
    isFolder: facts.isDirectory(),
    path: async () => resolve(path),
  };
  return local;
}

export function isFileArtifact(value: unknown): value is LocalFile | StoredFile {
  return typeof value === "object" && value !== null && (value as FileArtifact)[handleMark] === "file";
}
