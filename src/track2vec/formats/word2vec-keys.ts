/**
 * Track ids as keys of word2vec files. There a key ends at the first blank, but "Artist-Track" often has blanks, so white
 * space and anything that looks like an escape are percent-encoded (Python: `urllib.parse.unquote`).
 */
import { SegueError } from "../../system/index.js";

/** Longer "keys" indicate another format. Names in playlists may be megabytes long. */
export const MOST_KEY_BYTES = 1 << 26;

export function encodeKey(track: string): string {
  return track.replace(/%(?=[0-9a-f]{2})|[\s\p{Cc}]/giu, (found) => encodeURIComponent(found));
}

/** @throws SegueError if the bytes are not UTF-8 */
export function decodeKey(bytes: Uint8Array, where: () => string): string {
  let key: string;
  try {
    key = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SegueError(`${where()}: the key is not UTF-8`, { code: "corrupt", cause });
  }
  if (!key.includes("%")) return key;
  return key.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped);
    } catch {
      return escaped;
    }
  });
}

/** Reads the first line, "<tracks> <dimensions>". */
export function parseHeader(line: Uint8Array | undefined, path: string): { count: number; size: number } {
  const text = line === undefined ? "" : Buffer.from(line).toString("latin1").trim();
  const [, count, size] = /^(\d{1,10}) (\d{1,6})$/.exec(text) ?? [];
  if (count === undefined || size === undefined || Number(size) < 1)
    throw new SegueError(
      `${path}: the first line is not "<tracks> <dimensions>" but ${JSON.stringify(text.slice(0, 60))}`,
      {
        code: "corrupt",
        hint: "word2vec files begin with the two numbers; check the format that you gave.",
      },
    );
  return { count: Number(count), size: Number(size) };
}

/** Collects rows in order; refuses duplicate keys and values that are not finite. */
export class Rows {
  readonly tracks: string[] = [];
  readonly vectors: Float32Array;
  readonly #seen = new Map<string, number>();

  constructor(
    readonly path: string,
    count: number,
    readonly size: number,
    /** Where a row is, for messages: "row 3", "line 4". */
    readonly place: (row: number) => string = (row) => `row ${row + 1}`,
  ) {
    this.vectors = new Float32Array(count * size);
  }

  /** Where the next row's values go. */
  next(): Float32Array {
    const at = this.tracks.length * this.size;
    return this.vectors.subarray(at, at + this.size);
  }

  /** Adds the row whose values were written to `next()`. */
  add(track: string): void {
    const row = this.tracks.length;
    const name = JSON.stringify(track);
    const before = this.#seen.get(track);
    if (before !== undefined)
      throw new SegueError(
        `${this.path}: track ${name} occurs twice: ${this.place(before)} and ${this.place(row)}`,
        {
          code: "corrupt",
        },
      );
    const values = this.next();
    const broken = values.findIndex((value) => !Number.isFinite(value));
    if (broken >= 0)
      throw new SegueError(
        `${this.path}, ${this.place(row)}: value ${broken + 1} of the vector of track ${name} is ${values[broken]}, which is not finite`,
        { code: "corrupt" },
      );
    this.#seen.set(track, row);
    this.tracks.push(track);
  }
}
