/** Detects how text is encoded, and converts it to UTF-8. */
import { SegueError } from "../errors/errors.js";

export type Utf16 = "utf-16le" | "utf-16be";

/** Converts a chunk to UTF-8. Called with undefined after the last one, it returns what is left. */
export type ToUtf8 = (chunk: Buffer | undefined) => Buffer;

const nothing = Buffer.alloc(0);

/** The byte order mark of UTF-8. */
export const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf]);

export const fromUtf8: ToUtf8 = (chunk) => chunk ?? nothing;

/** Windows-1252's characters from 0x80, where Latin-1 has control characters. People and the web call both Latin-1. */
const windowsOnly = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

export const fromLatin1: ToUtf8 = (chunk = nothing) =>
  Buffer.from(
    chunk.toString("latin1").replace(/[\x80-\x9f]/g, (control) => windowsOnly[control.charCodeAt(0) - 0x80]!),
  );

export function fromUtf16(order: Utf16, path: string): ToUtf8 {
  const decoder = new TextDecoder(order, { fatal: true });
  return (chunk) => {
    try {
      return Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }));
    } catch (cause) {
      throw new SegueError(`${path} is damaged: it begins as UTF-16 text, but has other bytes further on`, {
        hint: "copy or export it again, preferably as UTF-8",
        code: "damaged",
        cause,
      });
    }
  };
}

/** Detects UTF-16 by its byte order mark or, without one, by the zero in every other byte of ASCII text. */
export function utf16Of(head: Buffer): Utf16 | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const first = head.subarray(0, 64);
  if (first.length < 8) return undefined;
  const zeros = (from: number) => first.filter((byte, i) => i % 2 === from && byte === 0).length;
  const isZeroIn = (from: number) =>
    first[from] === 0 && zeros(from) > first.length / 3 && zeros(1 - from) === 0;
  return isZeroIn(1) ? "utf-16le" : isZeroIn(0) ? "utf-16be" : undefined;
}
