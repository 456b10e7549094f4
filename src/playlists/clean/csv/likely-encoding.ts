/** Tells Latin-1 from Mac OS Roman, in which Excel and others on a Mac save text, by where the letters with accents are. */
import { basename } from "node:path";
import { shellWord } from "../../../system/index.js";

/** In Latin-1. */
const accents = /[\xe0-\xff]/g;
/** In Mac OS Roman; in Windows-1252 most of these are signs. Some of them, such as quotes, may follow a letter. */
const macAccents = /[A-Za-z](?:[\x86-\x90\x98\x9a-\x9f]|[\x80-\x85\x91\x93-\x97\x99](?=[A-Za-z]))/g;

export class LikelyEncoding {
  #latin = 0;
  #mac = 0;

  /** @param text bytes that are not UTF-8, read as Latin-1 */
  add(text: string): void {
    this.#latin += text.match(accents)?.length ?? 0;
    this.#mac += text.match(macAccents)?.length ?? 0;
  }

  get isMac(): boolean {
    return this.#mac > this.#latin;
  }

  /** Advice, a sentence. */
  get remedy(): string {
    return this.isMac
      ? fromMac("FILE")
      : "is it Latin-1? Then pass --encoding latin-1; otherwise save it as UTF-8";
  }
}

/** How to convert a file from Mac OS Roman. */
export const fromMac = (path: string): string =>
  `is it Mac OS Roman? Then convert it, and pass the other file: iconv -f macintosh -t utf-8 ${shellWord(path)} > ${shellWord(`utf-8-${basename(path)}`)} (in another encoding, name that: iconv -l lists them)`;
