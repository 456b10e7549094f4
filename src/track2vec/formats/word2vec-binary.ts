/** word2vec's binary format: a line "<tracks> <dimensions>", then key, blank and little-endian 32-bit floats for each track. */
import { open } from "node:fs/promises";
import { flushFile, SegueError } from "../../system/index.js";
import { TrackVectors } from "../vectors/vectors.js";
import { ByteCursor } from "./byte-cursor.js";
import { decodeKey, encodeKey, MOST_KEY_BYTES, parseHeader, Rows } from "./word2vec-keys.js";

const BLANK = 0x20;
const NEWLINE = 0x0a;
const ROWS_AT_ONCE = 10_000;

export async function writeWord2VecBinary(vectors: TrackVectors, path: string): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.write(`${vectors.length} ${vectors.size}\n`);
    for (let from = 0; from < vectors.length; from += ROWS_AT_ONCE) {
      const parts: Buffer[] = [];
      for (let row = from; row < Math.min(from + ROWS_AT_ONCE, vectors.length); row++) {
        const { buffer, byteOffset, byteLength } = vectors.vectorAt(row);
        parts.push(
          Buffer.from(`${encodeKey(vectors.tracks[row]!)} `),
          Buffer.from(buffer, byteOffset, byteLength),
        );
      }
      await file.writeFile(Buffer.concat(parts));
    }
    await flushFile(file);
  } finally {
    await file.close();
  }
}

/** @throws SegueError if the file is truncated, or has surplus bytes, duplicate keys or values that are not finite */
export async function readWord2VecBinary(path: string): Promise<TrackVectors> {
  const cursor = new ByteCursor(path);
  let begun = false;
  try {
    const { count, size } = parseHeader(cursor.until(NEWLINE, 100), path);
    const fail = (what: string) => new SegueError(`${path}: ${what}`, { code: "corrupt" });
    if (cursor.left < count * (size * 4 + 1))
      throw fail(
        `cut short: ${count} tracks of ${size} dimensions need at least ${count * (size * 4 + 1)} bytes, ${cursor.left} are there`,
      );
    const rows = new Rows(path, count, size);
    const bytes = new Uint8Array(rows.vectors.buffer);
    begun = true;
    for (let row = 0; row < count; row++) {
      // word2vec.c ends each row with a newline, gensim does not.
      while (cursor.peek() === NEWLINE) cursor.skip(1);
      const at = cursor.position;
      const key = cursor.until(BLANK, MOST_KEY_BYTES);
      if (key === undefined)
        throw fail(`no key where row ${row + 1} of ${count} should begin, at byte ${at}`);
      if (!cursor.take(bytes.subarray(row * size * 4, (row + 1) * size * 4)))
        throw fail(`cut short in row ${row + 1} of ${count}, which begins at byte ${at}`);
      rows.add(decodeKey(key, () => `${path}, row ${row + 1} (byte ${at})`));
    }
    while (cursor.peek() === NEWLINE) cursor.skip(1);
    if (cursor.left > 0)
      throw fail(
        `${cursor.left} bytes too many at byte ${cursor.position}, after the ${count} tracks that line 1 tells`,
      );
    return new TrackVectors({ tracks: rows.tracks, size, vectors: rows.vectors });
  } catch (cause) {
    // gensim writes "Nina Simone-Sinnerman" unescaped, and what follows "Nina" is then not a vector.
    if (!begun || !(cause instanceof SegueError) || cause.code !== "corrupt") throw cause;
    const hint =
      "If its keys hold blanks: a key ends at the first one here; write the text format (gensim: binary=False).";
    throw new SegueError(cause.message, { hint, code: cause.code, cause });
  } finally {
    cursor.close();
  }
}
