/** Reads the text of a file as UTF-8, in chunks, decompressed if it is gzipped. Errors name the file. */
import { constants } from "node:buffer";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { addAbortSignal, type Readable } from "node:stream";
import { createGunzip, gunzipSync, constants as zlibConstants } from "node:zlib";
import { messageOf, SegueError } from "../../system/index.js";
import type { TextEncoding } from "./raw-file-choices.js";
import { type ArchiveMember, memberStream } from "./zip-archive.js";

/** A file, or one in an archive, whose path is then its name for users. */
export interface NamedFile {
  readonly path: string;
  readonly member?: ArchiveMember;
}

export interface TextSource extends NamedFile {
  readonly encoding: TextEncoding;
  /** Receives the number of bytes of the file, still compressed, read since the last call. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

const chunkSize = 1 << 20;

/** The first bytes of a file, decoded as by `textChunks`: enough to detect its form. */
export interface Head {
  readonly head: Buffer;
  readonly gzipped: boolean;
  /** The byte order, if it is UTF-16. */
  readonly utf16?: Utf16;
  /** Whether its lines end with carriage returns only, as in the text that Apple Music exports. */
  readonly isOldMac: boolean;
}

type Utf16 = "utf-16le" | "utf-16be";

export async function readHead(source: NamedFile): Promise<Head> {
  const { head, gzipped } = await readBytes(source);
  const utf16 = utf16Of(head);
  const text = utf16 === undefined ? head : Buffer.from(new TextDecoder(utf16).decode(head));
  // The last byte is not considered: it may be the first half of CR LF.
  const isOldMac =
    text.subarray(0, -1).includes(carriageReturn) && !text.includes(lineFeed) && !text.includes(0);
  return { head: isOldMac ? withLineFeeds(text) : text, gzipped, isOldMac, ...(utf16 && { utf16 }) };
}

const headSize = 1 << 16;

async function readBytes({ path, member }: NamedFile): Promise<{ head: Buffer; gzipped: boolean }> {
  const head = member === undefined ? await beginningOf(path) : await beginningOfMember(member);
  if (!isGzip(head)) return { head, gzipped: false };
  try {
    const text = gunzipSync(head, { finishFlush: zlibConstants.Z_SYNC_FLUSH });
    // A file truncated in its first bytes yields nothing, but must not look empty: this throws.
    if (text.length === 0 && head.length < headSize) gunzipSync(head);
    return { head: text, gzipped: true };
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "Z_BUF_ERROR"
      ? cutShort(path, 0, error)
      : notGzip(path, error);
  }
}

async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const raw = Buffer.alloc(Math.min(headSize, size));
    const { bytesRead } = await file.read(raw, 0, raw.length, 0);
    return raw.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function beginningOfMember(member: ArchiveMember): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop destroys the stream.
  for await (const chunk of await memberStream(member)) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes >= headSize) break;
  }
  return Buffer.concat(chunks).subarray(0, headSize);
}

/** Streams the text. @throws SegueError code "cut-short" if a gzip file is truncated, "damaged" if it is broken */
export async function* textChunks(source: TextSource): AsyncGenerator<Buffer> {
  const { gzipped, utf16, isOldMac } = await readHead(source);
  const decode = utf16 ? fromUtf16(utf16, source.path) : source.encoding === "latin-1" ? fromLatin1 : same;
  const toUtf8: ToUtf8 = (chunk) => (isOldMac ? withLineFeeds(decode(chunk)) : decode(chunk));
  const file = await bytesOf(source);
  file.on("data", (chunk) => source.onBytes?.(chunk.length));
  try {
    for await (const chunk of gzipped ? unpacked(file, source.path) : file) yield toUtf8(chunk as Buffer);
    const rest = toUtf8(undefined);
    if (rest.length > 0) yield rest;
  } catch (error) {
    source.signal?.throwIfAborted();
    throw error;
  } finally {
    file.destroy();
  }
}

async function bytesOf({ path, member, signal }: TextSource): Promise<Readable> {
  if (member === undefined) {
    // A buffer is allocated in full however small the file is, which would be most of the work for thousands of small files.
    const { size } = await stat(path);
    return createReadStream(path, { highWaterMark: Math.min(chunkSize, size || chunkSize), signal });
  }
  const stream = await memberStream(member);
  return signal === undefined ? stream : addAbortSignal(signal, stream);
}

/**
 * The whole text, without a byte order mark.
 *
 * @throws SegueError code "too-large" if it exceeds the longest string of JavaScript (512 MiB)
 */
export async function wholeText(source: TextSource): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of textChunks(source)) {
    bytes += chunk.length;
    if (bytes > longestText) throw tooLarge(source.path);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/^\ufeff/, "");
}

/** Parses a file's whole text. @throws SegueError code "damaged", with the hint */
export function parseJson(text: string, path: string, hint: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SegueError(`${path} is not valid JSON: ${messageOf(error)}`, { hint, code: "damaged" });
  }
}

/** The lines of the text, without line feeds. @throws SegueError code "too-large" if a line exceeds the limit of `wholeText` */
export async function* linesOf(source: TextSource): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let held = 0;
  for await (const chunk of textChunks(source)) {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, from)) {
      const piece = chunk.subarray(from, end);
      if (held + piece.length > longestText) throw tooLarge(source.path);
      held = 0;
      yield rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
      rest = [];
      from = end + 1;
    }
    if (from < chunk.length) rest.push(Buffer.from(chunk.subarray(from)));
    held += chunk.length - from;
    if (held > longestText) throw tooLarge(source.path);
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

const longestText = constants.MAX_STRING_LENGTH;

function tooLarge(path: string): SegueError {
  const most = Math.round(longestText / 2 ** 20);
  return new SegueError(
    `${path} is too large: JSON other than JSON lines is read whole, and may have at most ${most} MiB`,
    {
      hint: `write it as JSON lines, one for each playlist or play: jq -c '.playlists[]' FILE > lines.jsonl, or '.[]' if the file is a list`,
      code: "too-large",
    },
  );
}

/** Converts a chunk to UTF-8. Called with undefined after the last one, it returns what is left. */
type ToUtf8 = (chunk: Buffer | undefined) => Buffer;

const nothing = Buffer.alloc(0);
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Replaces carriage returns by line feeds, in place. */
function withLineFeeds(text: Buffer): Buffer {
  for (let at = text.indexOf(carriageReturn); at !== -1; at = text.indexOf(carriageReturn, at + 1))
    text[at] = lineFeed;
  return text;
}

const same: ToUtf8 = (chunk) => chunk ?? nothing;

/** Windows-1252's characters from 0x80, where Latin-1 has control characters. People and the web call both Latin-1. */
const windowsOnly = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

const fromLatin1: ToUtf8 = (chunk = nothing) =>
  Buffer.from(
    chunk.toString("latin1").replace(/[\x80-\x9f]/g, (control) => windowsOnly[control.charCodeAt(0) - 0x80]!),
  );

function fromUtf16(order: Utf16, path: string): ToUtf8 {
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
function utf16Of(head: Buffer): Utf16 | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const first = head.subarray(0, 64);
  if (first.length < 8) return undefined;
  const zeros = (from: number) => first.filter((byte, i) => i % 2 === from && byte === 0).length;
  const isZeroIn = (from: number) =>
    first[from] === 0 && zeros(from) > first.length / 3 && zeros(1 - from) === 0;
  return isZeroIn(1) ? "utf-16le" : isZeroIn(0) ? "utf-16be" : undefined;
}

async function* unpacked(file: Readable, path: string): AsyncGenerator<Buffer> {
  const gunzip = file.pipe(createGunzip({ chunkSize }));
  file.once("error", (error) => gunzip.destroy(error));
  let bytes = 0;
  try {
    for await (const chunk of gunzip) {
      bytes += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "Z_BUF_ERROR") throw cutShort(path, bytes, error);
    throw (error as NodeJS.ErrnoException).code?.startsWith("Z_") ? notGzip(path, error) : error;
  } finally {
    gunzip.destroy();
  }
}

/** Whether these are the first bytes of a gzip file. */
export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function cutShort(path: string, bytes: number, cause: unknown): SegueError {
  return new SegueError(`${path} is cut short: the gzip data ends after ${bytes} bytes of text`, {
    hint: "copy or download it again, and check it with `gzip -t`",
    code: "cut-short",
    cause,
  });
}

function notGzip(path: string, cause: unknown): SegueError {
  return new SegueError(`${path} is damaged: it begins as gzip but does not unpack`, {
    hint: "copy or download it again, and check it with `gzip -t`",
    code: "damaged",
    cause,
  });
}
