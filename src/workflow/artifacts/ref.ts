/** References from done-records to artifacts: by the SHA-256 of the content, so that identical content is stored once. */

/** How an artifact is stored. */
export type ArtifactKind = "json" | "array" | "table" | "file" | "folder";

export interface ArtifactRef {
  readonly kind: ArtifactKind;
  /** SHA-256 of the content in hex; for a folder, of its manifest. */
  readonly sha: string;
  /** Size in bytes; for a folder, the sum of its files. */
  readonly size: number;
  /** The "step/task" that wrote it. */
  readonly by: string;
  /** The number of items of a JSON array, elements of a typed array, rows of a table, or files of a folder. */
  readonly length?: number;
  /** For an array of bytes: it was a Buffer, and is read back as one. */
  readonly buffer?: true;
  /** For a file or folder: its original name. */
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

/** Marks handles, even those made by another copy of this module. */
export const handleMark = Symbol.for("segue.artifact");
