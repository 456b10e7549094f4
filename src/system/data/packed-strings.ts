/** Many strings as two arrays, UTF-8 text and end offsets, so that they can be stored and shared like numbers. */
import { asWritten } from "../arguments/value-range.js";
import { SegueError } from "../errors/errors.js";

export interface PackedStrings {
  /** All strings as UTF-8, concatenated. */
  readonly text: Uint8Array;
  /** `ends[i]` is the offset of the byte after string i. */
  readonly ends: Uint32Array;
}

/** @throws SegueError if a string is not well-formed Unicode (a lone surrogate) or all together exceed 4 GB */
export function packStrings(strings: readonly string[]): PackedStrings {
  const ends = new Uint32Array(strings.length);
  let bytes = 0;
  for (let i = 0; i < strings.length; i++) {
    bytes += Buffer.byteLength(strings[i]!);
    if (bytes > 0xffffffff) throw new SegueError("the names of all tracks together are longer than 4 GB");
    ends[i] = bytes;
  }
  const text = Buffer.alloc(bytes);
  for (let i = 0, at = 0; i < strings.length; i++) {
    if (/\p{Surrogate}/u.test(strings[i]!))
      throw new SegueError(`${asWritten(strings[i])} is not well-formed Unicode: it holds half a character`);
    at += text.write(strings[i]!, at);
  }
  return { text, ends };
}

/** Selects packed strings by number, in the given order, without decoding them. */
export function pickStrings({ text, ends }: PackedStrings, numbers: Uint32Array): PackedStrings {
  const startOf = (number: number) => (number === 0 ? 0 : ends[number - 1]!);
  let bytes = 0;
  for (let i = 0; i < numbers.length; i++) bytes += ends[numbers[i]!]! - startOf(numbers[i]!);
  const picked = { text: new Uint8Array(bytes), ends: new Uint32Array(numbers.length) };
  for (let i = 0, to = 0; i < numbers.length; i++) {
    const number = numbers[i]!;
    for (let from = startOf(number), end = ends[number]!; from < end; from++) picked.text[to++] = text[from]!;
    picked.ends[i] = to;
  }
  return picked;
}

/** @throws SegueError code "corrupt" if text and ends are inconsistent */
export function unpackStrings({ text, ends }: PackedStrings): string[] {
  const corrupt = (what: string) => new SegueError(what, { code: "corrupt" });
  const total = ends.length === 0 ? 0 : ends[ends.length - 1]!;
  if (total !== text.length) throw corrupt(`${text.length} bytes of text instead of ${total}`);
  let whole: string;
  try {
    // Decoding once and slicing is several times as fast as decoding each string.
    whole = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(unshared(text));
  } catch (cause) {
    throw new SegueError("the text is not UTF-8", { code: "corrupt", cause });
  }
  const strings = new Array<string>(ends.length);
  const ascii = whole.length === text.length;
  let byte = 0;
  let unit = 0;
  for (let i = 0; i < ends.length; i++) {
    const end = ends[i]!;
    if (end < byte) throw corrupt(`string ${i} ends before it begins`);
    // Otherwise the loop below would run on behind the text.
    if (end > text.length) throw corrupt(`string ${i} ends after the text`);
    const from = unit;
    if (ascii) unit = end;
    else {
      // Every character has one byte that is not a continuation byte; characters of four bytes are two UTF-16 units.
      for (; byte < end; byte++) {
        const value = text[byte]!;
        if ((value & 0xc0) !== 0x80) unit += value >= 0xf0 ? 2 : 1;
      }
    }
    byte = end;
    strings[i] = whole.slice(from, unit);
  }
  return strings;
}

/** TextDecoder refuses shared memory. */
function unshared(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? Uint8Array.from(bytes) : bytes;
}
