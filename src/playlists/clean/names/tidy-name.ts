/**
 * Tidies names for comparison: trims them, and normalises them to NFC, so that "é" as one code point or as two is one name. Which
 * of them a file has depends on the machine that wrote it. Marks that show nothing, such as those of the writing direction around a
 * name that was copied from a page, are trimmed as spaces are.
 */
import { longestNormalized, normalized, sqlString } from "../../../system/index.js";

const whiteSpace =
  "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";
/** A space without width, a joiner of words, and marks of the writing direction. */
const marks = "\u200b\u2060\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";

/** The characters that `tidyName` trims. */
export const blanks = whiteSpace + marks;

export const tidyName = (name: string): string => normalized(trimmed(name), "NFC");

/** The name without `blanks` at its ends. */
export function trimmed(name: string): string {
  const bare = name.trim();
  let from = 0;
  let to = bare.length;
  while (from < to && blanks.includes(bare[from]!)) from++;
  while (to > from && blanks.includes(bare[to - 1]!)) to--;
  return bare.slice(from, to);
}

/** Whether nothing of the name can be seen. */
export const isBlank = (name: string): boolean => trimmed(name) === "";

/** The same as SQL, for a column of text; '' for NULL. */
export function tidySql(column: string): string {
  const ends = sqlString(blanks);
  const trimmed = `CASE WHEN contains(${ends}, ${column}[1]) OR contains(${ends}, ${column}[-1])
    THEN trim(${column}, ${ends}) ELSE ${column} END`;
  return `coalesce(CASE WHEN length(${column}) > ${longestNormalized} THEN ${trimmed} ELSE nfc_normalize(${trimmed}) END, '')`;
}

const space = 0x20;
const nbspFirst = 0xc2;
const nbspLast = 0xa0;
/** Followed by 0x81 or 0x83, it begins most kana; their combining marks begin differently. */
const kana = 0xe3;

/**
 * 1 for the first UTF-8 bytes of characters that NFC may change. Most Latin, Cyrillic and Han letters begin with other bytes, so
 * names in them need no normalisation.
 */
const mayCompose = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 0xcc && ![0xcf, 0xd0, 0xd1].includes(byte) && !(byte >= 0xe4 && byte <= 0xe9)),
);

/** Whether a UTF-8 name is certainly tidy, judged by its bytes. If false, it may still be. */
export function isSurelyTidy(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from]!;
  const last = bytes[to - 1]!;
  if (first <= space || first === nbspFirst || last <= space || last === nbspLast) return false;
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!;
    if (mayCompose[byte] === 1 && !(byte === kana && (bytes[i + 1] === 0x81 || bytes[i + 1] === 0x83)))
      return false;
  }
  return true;
}
