/**
 * Names as they are compared: without blanks around them, and in Unicode's composed form (NFC), so that "é" of one letter and "é"
 * of two are one name. Which of the two a file has depends on the machine it was written on.
 */
import { sqlString } from "../../system/index.js";

export const tidyName = (name: string): string => name.trim().normalize("NFC");

/** The same in SQL, of a column of text; '' for NULL. */
export function tidySql(column: string): string {
  const ends = sqlString(blanks);
  return `coalesce(nfc_normalize(CASE WHEN contains(${ends}, ${column}[1]) OR contains(${ends}, ${column}[-1])
    THEN trim(${column}, ${ends}) ELSE ${column} END), '')`;
}

/** What `tidyName` takes off the ends. */
export const blanks =
  "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

const space = 0x20;
const nbspFirst = 0xc2;
const nbspLast = 0xa0;
/** With 0x81 or 0x83 behind it, it begins most of the kana; the marks that go with them begin otherwise. */
const kana = 0xe3;

/**
 * 1 for the first bytes, in UTF-8, of characters that the composed form may write in another way. Latin, Cyrillic and Han letters as
 * they are mostly written begin with none of them: names in these need no second look.
 */
const mayCompose = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 0xcc && ![0xcf, 0xd0, 0xd1].includes(byte) && !(byte >= 0xe4 && byte <= 0xe9)),
);

/** Whether a name, as UTF-8, is tidy for all that its bytes tell; where it is not, it may still be. */
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
