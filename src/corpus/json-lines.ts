/**
 * JSON lines, plain or gzipped (told by the first bytes, not by the name), streamed: one block of whole lines in memory at
 * a time. Every complaint names the file and the line.
 */
import { isUtf8 } from "node:buffer";
import { constants, openSync, type ReadStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { addAbortSignal, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import {
  asWritten,
  besideWork,
  explainDiskError,
  messageOf,
  type Progress,
  requireOptions,
  SegueError,
  silent,
} from "../system/index.js";

export interface ReadOptions {
  /** Told the bytes read of each file. */
  readonly progress?: Progress;
  /** Ends the reading, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Throws an error that points at the line that is being read: "plays.jsonl:17: …". */
export type Complain = (what: string) => never;

/** No sane line is longer; a file without line ends would otherwise fill the memory before anything is said. */
const LONGEST_LINE = 256 * 1024 * 1024;

/**
 * Calls `visit` with each line's object, in order. Blank lines, a byte-order mark and \r\n are accepted.
 *
 * @param shape an example of a good line, shown as the hint where a line is not a JSON object
 * @returns the number of objects
 * @throws SegueError naming file and line: no such file, cut gzip, bad UTF-8, bad JSON, not an object
 */
export async function readJsonLines(
  path: string,
  shape: string,
  visit: (object: Record<string, unknown>, complain: Complain) => void,
  options: ReadOptions = {},
): Promise<number> {
  requireOptions(options, besideWork, "reading");
  let line = 0;
  let objects = 0;
  const complain = (what: string, hint?: string, cause?: unknown): never => {
    throw new SegueError(`${path}:${line}: ${what}`, { hint, code: "bad-input", cause });
  };
  const example = `each line should look like ${shape}`;
  const explain = (what: string) => complain(what, example);
  /** What to do with that of which nothing could be read; of a file its name tells what it is. */
  const otherFormat = () =>
    isPipe && objects === 0
      ? `of a pipe only JSON lines can be read, unzipped: write other formats to a file first; ${example}`
      : undefined;

  const visitLine = (text: string) => {
    line++;
    if (text.trim() === "") return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      complain(`not JSON: ${messageOf(error)}`, otherFormat() ?? example, error);
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      complain(`expected an object, found ${asWritten(value)}`, example);
    }
    objects++;
    visit(value as Record<string, unknown>, explain);
  };

  const visitBlock = (block: Buffer) => {
    const other = line === 0 ? otherForms[block.toString("latin1", 0, 4)] : undefined;
    if (other !== undefined) {
      line = 1;
      complain(`${other}, wanted JSON lines`, otherFormat() ?? example);
    }
    if (!isUtf8(block)) {
      line += 1 + linesBeforeBadUtf8(block);
      complain("not UTF-8 text", otherFormat() ?? "save the file as UTF-8");
    }
    let text = block.toString("utf8");
    if (line === 0 && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      visitLine(text.slice(from, end));
      from = end + 1;
    }
    if (from < text.length) visitLine(text.slice(from));
  };

  const { bytes, isPipe, done } = await openBytes(path, options);
  const parts: Buffer[] = [];
  let held = 0;
  try {
    for await (const chunk of bytes) {
      options.signal?.throwIfAborted();
      const cut = (chunk as Buffer).lastIndexOf(10) + 1;
      if (cut > 0) {
        parts.push((chunk as Buffer).subarray(0, cut));
        visitBlock(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
        parts.length = 0;
        held = 0;
      }
      if (cut < (chunk as Buffer).length) parts.push((chunk as Buffer).subarray(cut));
      held += (chunk as Buffer).length - cut;
      if (held > LONGEST_LINE) {
        line++;
        complain("a line of more than 256 MiB", example);
      }
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    const { code } = error as { code?: unknown };
    if (typeof code !== "string" || !code.startsWith("Z_")) throw error;
    throw new SegueError(
      code === "Z_BUF_ERROR"
        ? `${path}: the gzip file is cut short (after line ${line})`
        : `${path}: damaged gzip file (after line ${line}): ${messageOf(error)}`,
      { hint: "fetch or write the file again", code: "bad-input", cause: error },
    );
  } finally {
    done();
  }
  if (held > 0) visitBlock(Buffer.concat(parts));
  return objects;
}

/** By what a file begins with. */
const otherForms: Readonly<Record<string, string>> = { PAR1: "Parquet", "PK\x03\x04": "a zip archive" };

function linesBeforeBadUtf8(block: Buffer): number {
  let lines = 0;
  for (let from = 0; from < block.length; lines++) {
    const end = block.indexOf(10, from);
    if (end === -1 || !isUtf8(block.subarray(from, end))) break;
    from = end + 1;
  }
  return lines;
}

/** The file's bytes, unzipped where they are gzip; `done` closes it. */
async function openBytes(path: string, { progress = silent, signal }: ReadOptions) {
  let source: ReadStream | Socket;
  let file: FileHandle | undefined;
  let gzipped = false;
  let total: number | undefined;
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) throw new Error("it is a folder");
    if (facts.isFIFO() || facts.isSocket()) source = openPipe(path, facts.isSocket());
    else {
      total = facts.size;
      file = await open(path);
      gzipped = await isGzip(file);
      source = file.createReadStream({ highWaterMark: 1 << 20 });
    }
  } catch (error) {
    await file?.close();
    const { code } = error as NodeJS.ErrnoException;
    throw new SegueError(
      `cannot read ${path}: ${code === "ENOENT" ? "no such file" : messageOf(explainDiskError(error))}`,
      {
        code: "bad-input",
        cause: error,
      },
    );
  }
  source.on("data", () =>
    progress({ task: `reading ${path}`, done: source.bytesRead, total, unit: "bytes" }),
  );
  // `pipe` pauses and resumes the source; an error of the source has to be passed on by hand.
  const bytes: Readable = gzipped ? source.pipe(createGunzip({ chunkSize: 1 << 18 })) : source;
  if (bytes !== source) source.on("error", (error: Error) => bytes.destroy(error));
  // Not between blocks alone: who writes into a pipe may never write again.
  if (signal) addAbortSignal(signal, bytes);
  return {
    bytes,
    isPipe: total === undefined,
    done: () => {
      source.destroy();
      bytes.destroy();
    },
  };
}

/**
 * Waits for who writes into it without a thread, which nothing could call back: the process could not even exit. A pipe cannot
 * be opened again, so it is taken as plain text.
 */
function openPipe(path: string, isSocket: boolean): Socket {
  // A socket, which is what a program in Node pipes into another one's standard input, cannot be opened by its name.
  const fd =
    isSocket && path === "/dev/stdin" ? 0 : openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

async function isGzip(file: FileHandle): Promise<boolean> {
  const magic = Buffer.alloc(2);
  return (await file.read(magic, 0, 2, 0)).bytesRead === 2 && magic.readUInt16BE() === 0x1f8b;
}
