/**
 * One small interface over places that hold files by key: a folder, or a bucket. Keys are relative, "/"-separated, and can
 * never leave the root.
 */
export interface StoredObject {
  readonly key: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

export interface Store {
  /** Where this is, for messages: "/data/segue" or "s3://bucket/prefix". */
  readonly url: string;
  /** The whole object, or undefined where there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Writes the whole object atomically: a reader sees the old one or the new one, never a part. */
  put(key: string, contents: Uint8Array | string): Promise<void>;
  /** As `put`, but only where the key is not taken; false where it is. Safe against a race of two writers. */
  putIfAbsent(key: string, contents: Uint8Array | string): Promise<boolean>;
  /** Copies a local file in, by multipart upload where it is large. */
  putFile(key: string, path: string): Promise<void>;
  /** Copies an object out to a local file, atomically; false where there is none. */
  getFile(key: string, path: string): Promise<boolean>;
  /** Whether the key is taken. */
  exists(key: string): Promise<boolean>;
  /**
   * Whether the key is taken, and its object now counts as written a moment ago (within half an hour). False also where it is there but
   * cannot be made to: write it again.
   */
  touch(key: string): Promise<boolean>;
  /** Every object whose key starts with `prefix`, in key order. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Removes one object; no error where there is none. */
  delete(key: string): Promise<void>;
}
