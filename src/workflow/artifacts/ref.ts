/** How a done-record points at an artifact: by the SHA-256 of its content, so that a thing stored twice is stored once. */

export type ArtifactKind = "json" | "array" | "table" | "file" | "folder";

export interface ArtifactRef {
  readonly kind: ArtifactKind;
  /** SHA-256 of the content, hex. Of a folder: of its manifest. */
  readonly sha: string;
  /** Bytes; of a folder, the sum of its files. */
  readonly size: number;
  /** "step/task" that wrote it. */
  readonly by: string;
  /** Items of a JSON array, elements of a typed array, rows of a table, files of a folder. */
  readonly length?: number;
  /** Of an array of bytes: it was a Buffer, and is to be one again. */
  readonly buffer?: true;
  /** Of a file or folder: the name it had. */
  readonly name?: string;
}

/** The files of a folder artifact, stored as JSON under the folder's own hash. */
export interface FolderManifest {
  readonly files: ReadonlyArray<{ readonly path: string; readonly sha: string; readonly size: number }>;
}

/** The key of an object in the store. */
export function objectKey(sha: string): string {
  return `objects/${sha.slice(0, 2)}/${sha.slice(2)}`;
}

/** Marks handles, whichever copy of this module made them. */
export const handleMark = Symbol.for("segue.artifact");
