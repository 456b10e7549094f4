/**
 * Reads text from start to end, decompressed if it is gzipped, as UTF-8 without a byte order mark. Errors name the file. A file is
 * opened once, so it may be a pipe.
 */
import { constants, isUtf8 } from "node:buffer";
import { constants as access, createReadStream, openSync } from "node:fs";
import { stat } from "node:fs/promises";
import { Socket } from "node:net";
import { addAbortSignal, type Readable } from "node:stream";
import { explainDiskError } from "../errors/disk-error.js";
import { messageOf, SegueError } from "../errors/errors.js";
import { isGzip, unpack } from "../files/gzip.js";
import {
  fromLatin1,
  fromUtf8,
  fromUtf16,
  type ToUtf8,
  type Utf16,
  utf8Mark,
  utf16Of,
} from "./text-encodings.js";

export interface NamedFile {
  /** Its path, or its name for users if `open` opens it. */
  readonly path: string;
  readonly open?: (() => Promise<Readable>) | undefined;
}

export interface TextSource extends NamedFile {
  /** The encoding unless a byte order mark, or the zeros of UTF-16, show another. Default: "utf-8". */
  readonly encoding?: "utf-8" | "latin-1";
  /** Receives the number of bytes of the file, still compressed, read since the last call. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The first bytes of a file, decoded as by `textChunks`: enough to detect its form. */
export interface Head {
  readonly head: Buffer;
  /** Whether there is nothing after them. */
  readonly isWhole: boolean;
  readonly gzipped: boolean;
  /** The byte order, if it is UTF-16. */
  readonly utf16: Utf16 | undefined;
}

type Chunks = AsyncGenerator<Buffer, void, undefined>;

/** The path that stands for standard input. */
export const standardInput = "/dev/stdin";

const chunkSize = 1 << 20;
const headSize = 1 << 16;

/** @param size how many bytes to read, if there are so many */
export async function readHead(file: NamedFile, size = headSize): Promise<Head> {
  const { chunks, close, ...how } = await openText(file, size + 1);
  try {
    const { head } = await peek(chunks, size + 1);
    return { head: head.subarray(0, size), isWhole: head.length <= size, ...how };
  } finally {
    await close();
  }
}

/** Streams the text. @throws SegueError code "cut-short" if a gzip file is truncated, "damaged" if it is broken */
export async function* textChunks(source: TextSource): Chunks {
  const { chunks, close } = await openText(source, chunkSize);
  try {
    yield* chunks;
  } catch (error) {
    source.signal?.throwIfAborted();
    throw error;
  } finally {
    await close();
  }
}

/** A line without its line feed; its bytes if they are not UTF-8. */
export type Line = string | Buffer;

/**
 * Streams the lines of the text, many at a time.
 *
 * @param hint what to do if a line is too long
 * @throws SegueError as `textChunks`; code "too-large" if a line exceeds the longest string of JavaScript (512 MiB)
 */
export async function* lineBlocks(source: TextSource, hint: string): AsyncGenerator<Line[]> {
  const parts: Buffer[] = [];
  let held = 0;
  let line = 1;
  const take = () => {
    const lines = linesIn(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    parts.length = held = 0;
    line += lines.length;
    return lines;
  };
  for await (const chunk of textChunks(source)) {
    const cut = chunk.lastIndexOf(lineFeed) + 1;
    held += cut === 0 ? chunk.length : cut;
    if (held > longestText)
      throw new SegueError(
        `${source.path}, line ${line} is longer than ${Math.round(longestText / 2 ** 20)} MiB`,
        {
          hint,
          code: "too-large",
        },
      );
    parts.push(cut === 0 ? chunk : chunk.subarray(0, cut));
    if (cut === 0) continue;
    yield take();
    if (cut < chunk.length) parts.push(chunk.subarray(cut));
    held = chunk.length - cut;
  }
  if (held > 0) yield take();
}

/** In bytes: a longer text may not fit into a string. */
export const longestText = constants.MAX_STRING_LENGTH;

/** Checking and decoding many lines at once is faster than one by one. */
function linesIn(block: Buffer): Line[] {
  const lines: Line[] = isUtf8(block)
    ? block.toString().split("\n")
    : block
        .toString("latin1")
        .split("\n")
        .map((line) => Buffer.from(line, "latin1"))
        .map((bytes) => (isUtf8(bytes) ? bytes.toString() : bytes));
  // What follows the last line feed is not a line.
  if (block.at(-1) === lineFeed) lines.pop();
  return lines;
}

/** Detects how the text is stored. @param size of the chunks that are read, at most */
async function openText(source: TextSource, size: number) {
  const file = await bytesOf(source, size);
  if (source.onBytes) file.on("data", (chunk: Buffer) => source.onBytes!(chunk.length)).pause();
  const close: Array<() => unknown> = [() => file.destroy()];
  const closeAll = async () => {
    for (const each of close) await each();
  };
  try {
    const raw = await peek(file[Symbol.asyncIterator](), 2);
    const gzipped = isGzip(raw.head);
    const unpacked = gzipped ? unpack(raw.rest, source.path, size) : raw.rest;
    if (gzipped) close.push(() => unpacked.return());
    const { head, rest } = await peek(unpacked, Math.min(size, headSize));
    const utf16 = utf16Of(head);
    const isMarked = head.subarray(0, utf8Mark.length).equals(utf8Mark);
    const decode = utf16
      ? fromUtf16(utf16, source.path)
      : source.encoding === "latin-1" && !isMarked
        ? fromLatin1
        : fromUtf8;
    const chunks = decoded(rest, decode, isMarked ? utf8Mark.length : 0);
    return { chunks, gzipped, utf16, close: closeAll };
  } catch (error) {
    await closeAll();
    source.signal?.throwIfAborted();
    throw error;
  }
}

/** @param skipped how many bytes the mark at the beginning has */
async function* decoded(chunks: Chunks, decode: ToUtf8, skipped: number): Chunks {
  let isOldMac: boolean | undefined;
  for await (const chunk of chunks) {
    const text = decode(isOldMac === undefined ? chunk.subarray(skipped) : chunk);
    isOldMac ??= endsLinesAsOldMacs(text);
    yield isOldMac ? withLineFeeds(text) : text;
  }
  const rest = decode(undefined);
  if (rest.length > 0) yield rest;
}

/** Whether lines end with carriage returns only, as in the text that Apple Music exports. */
function endsLinesAsOldMacs(text: Buffer): boolean {
  const head = text.subarray(0, headSize);
  // The last byte is not considered: it may be the first half of CR LF.
  return head.subarray(0, -1).includes(carriageReturn) && !head.includes(lineFeed) && !head.includes(0);
}

/** Opens the bytes of a file. @param size of a chunk, at most */
async function bytesOf({ path, open, signal }: TextSource, size: number): Promise<Readable> {
  const stream = open === undefined ? await openFile(path, size) : await open();
  // Without it, reading a pipe whose writer never writes again would not stop.
  return signal === undefined ? stream : addAbortSignal(signal, stream);
}

async function openFile(path: string, size: number): Promise<Readable> {
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) throw new Error("it is a folder");
    if (facts.isFIFO() || facts.isSocket()) return openPipe(path);
    // A buffer is allocated in full however small the file is, which would be most of the work for thousands of small files.
    const file = createReadStream(path, { highWaterMark: Math.min(size, facts.size || size) });
    await new Promise((resolve, reject) => file.once("open", resolve).once("error", reject));
    return file;
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new SegueError(
      `cannot read ${path}: ${isMissing ? "no such file" : messageOf(explainDiskError(cause))}`,
      { code: isMissing ? "missing-input" : "unreadable-input", cause },
    );
  }
}

/**
 * Opens a pipe without blocking. A blocking open waits for a writer in a thread that cannot be cancelled and keeps the process
 * from exiting.
 */
function openPipe(path: string): Readable {
  // By its name standard input cannot be opened if it is a socket (Node uses them for child processes), or another user's pipe (sudo, su,
  // containers).
  const fd = path === standardInput ? 0 : openSync(path, access.O_RDONLY | access.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

/** Reads ahead until there are `size` bytes, or no more. `rest` begins with them, in one chunk. */
async function peek(chunks: AsyncIterator<Buffer>, size: number): Promise<{ head: Buffer; rest: Chunks }> {
  const read: Buffer[] = [];
  for (let bytes = 0; bytes < size; bytes += read.at(-1)!.length) {
    const next = await chunks.next();
    if (next.done) break;
    read.push(next.value);
  }
  const head = read.length === 1 ? read[0]! : Buffer.concat(read);
  async function* rest(): Chunks {
    if (head.length > 0) yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  }
  return { head, rest: rest() };
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** Replaces carriage returns by line feeds, in place. */
function withLineFeeds(text: Buffer): Buffer {
  for (let at = text.indexOf(carriageReturn); at !== -1; at = text.indexOf(carriageReturn, at + 1))
    text[at] = lineFeed;
  return text;
}
