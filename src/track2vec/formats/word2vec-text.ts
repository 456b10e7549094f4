/** word2vec's text format: a line "<tracks> <dimensions>", then one line per track with its key and its numbers. */
import { open } from "node:fs/promises";
import { flushFile, SegueError } from "../../system/index.js";
import { TrackVectors } from "../vectors/vectors.js";
import { ByteCursor } from "./byte-cursor.js";
import { decodeKey, encodeKey, parseHeader, Rows } from "./word2vec-keys.js";

const NEWLINE = 0x0a;
const BLANK = 0x20;
const ROWS_AT_ONCE = 2_000;
/** The end of a key that is probably a number of the vector. */
const FRACTION = / [+-]?\d*(\.\d+(e[+-]?\d+)?|e-\d+)$/i;

export async function writeWord2VecText(vectors: TrackVectors, path: string): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.write(`${vectors.length} ${vectors.size}\n`);
    for (let from = 0; from < vectors.length; from += ROWS_AT_ONCE) {
      let lines = "";
      for (let row = from; row < Math.min(from + ROWS_AT_ONCE, vectors.length); row++)
        lines += `${encodeKey(vectors.tracks[row]!)} ${Array.from(vectors.vectorAt(row), shortest).join(" ")}\n`;
      await file.writeFile(lines);
    }
    await flushFile(file);
  } finally {
    await file.close();
  }
}

/** Nine significant digits identify every 32-bit float. */
function shortest(value: number): string {
  return Object.is(value, -0) ? "-0" : String(Number(value.toPrecision(9)));
}

/** @throws SegueError naming the line, if its numbers do not match line 1 or a key is a duplicate */
export async function readWord2VecText(path: string): Promise<TrackVectors> {
  const cursor = new ByteCursor(path);
  try {
    const { count, size } = parseHeader(cursor.until(NEWLINE, 100), path);
    const fail = (what: string) => new SegueError(`${path}: ${what}`, { code: "corrupt" });
    if (cursor.left < count * size * 2)
      throw fail(`cut short: ${count} tracks of ${size} dimensions do not fit into ${cursor.left} bytes`);
    const rows = new Rows(path, count, size, (row) => `line ${row + 2}`);
    let isSurplus = count > 0;
    for (let row = 0; row < count; row++) {
      const where = () => `${path}, line ${row + 2}`;
      if (cursor.left === 0)
        throw fail(`cut short after line ${row + 1}: ${row} tracks, but line 1 says ${count}`);
      // The last line may lack its newline, as other writers leave it.
      const line = cursor.until(NEWLINE, Number.POSITIVE_INFINITY, true)!;
      const start = startOfNumbers(line, size);
      const numbers = Buffer.from(line.subarray(start)).toString("latin1").trim().split(" ");
      if (start < 1 || numbers.length !== size) {
        throw fail(`line ${row + 2} is not a track and ${size} numbers`);
      }
      const into = rows.next();
      for (let d = 0; d < size; d++) {
        const value = numbers[d] === "" ? Number.NaN : Number(numbers[d]);
        if (Number.isNaN(value) && !/^[+-]?nan$/i.test(numbers[d]!))
          throw fail(`line ${row + 2}: ${JSON.stringify(numbers[d])} is not a number`);
        into[d] = value;
      }
      const key = line.subarray(0, start - 1);
      isSurplus &&= FRACTION.test(Buffer.from(key).toString("latin1"));
      rows.add(decodeKey(key, where));
    }
    if (isSurplus) throw fail(`each line has more than the ${size} numbers that line 1 tells`);
    const rest = cursor.left;
    for (let byte = cursor.peek(); byte !== undefined && byte <= BLANK; byte = cursor.peek()) cursor.skip(1);
    if (cursor.left > 0) throw fail(`${rest} bytes too many after the ${count} tracks that line 1 tells`);
    return new TrackVectors({ tracks: rows.tracks, size, vectors: rows.vectors });
  } finally {
    cursor.close();
  }
}

/**
 * Where the last `size` fields begin: counted from the right, because other writers leave blanks in keys. A key may be empty, but
 * a blank must follow it; -1 if there is none.
 */
function startOfNumbers(line: Uint8Array, size: number): number {
  let at = line.length;
  while (at > 0 && line[at - 1]! <= BLANK) at--;
  for (let fields = 0; fields < size; fields++) {
    if (at < 1) return -1;
    at = line.lastIndexOf(BLANK, at - 1);
  }
  if (at < 0) return -1;
  return at + 1;
}
