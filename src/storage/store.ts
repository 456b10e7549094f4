/** An object as listed. */
export interface StoredObject {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** In milliseconds since 1970. */
  readonly modified: number;
}

/** A store of files by key: a folder, or a bucket. Keys are relative, "/"-separated, and cannot lead out of the root. */
export interface Store {
  /** Where the store is, for messages: "/data/segue" or "s3://bucket/prefix". */
  readonly url: string;
  /** The whole object, or undefined if there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Writes the whole object atomically: a reader sees the old one or the new one, never a part. */
  put(key: string, contents: Uint8Array | string): Promise<void>;
  /** Like `put`, but returns false if the key is taken. If several writers race, one wins. */
  putIfAbsent(key: string, contents: Uint8Array | string): Promise<boolean>;
  /** Copies a local file into the store, by multipart upload if a bucket gets a large one. */
  putFile(key: string, path: string): Promise<void>;
  /** Copies an object to a local file, atomically; returns false if there is none. */
  getFile(key: string, path: string): Promise<boolean>;
  /** Whether the key is taken. */
  exists(key: string): Promise<boolean>;
  /**
   * Makes an existing object's `modified` recent, within half an hour. Returns false if there is none, or if that is impossible: write
   * it again then.
   */
  touch(key: string): Promise<boolean>;
  /** Every object whose key starts with `prefix`, in key order. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Removes an object; does nothing if there is none. */
  delete(key: string): Promise<void>;
}
