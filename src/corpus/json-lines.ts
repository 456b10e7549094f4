/**
 * Streams JSON lines, plain or gzipped (detected by the first bytes, not the name), with one block of whole lines in memory at a
 * time. Every error names the file and the line.
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
  /** Receives the bytes read of each file. */
  readonly progress?: Progress;
  /** Stops reading, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Throws an error that points at the current line: "plays.jsonl:17: …". */
export type Complain = (what: string) => never;

/** In bytes. A file without line ends would otherwise fill the memory before it is rejected. */
const LONGEST_LINE = 256 * 1024 * 1024;

/**
 * Calls `visit` with each line's object, in order. Accepts blank lines, byte-order marks before lines, \r\n, and \r throughout.
 *
 * @param shape an example of a valid line, shown as the hint if a line is not a JSON object
 * @returns the number of objects
 * @throws SegueError naming file and line: no such file, truncated gzip, bad UTF-8, bad JSON, not an object
 */
export async function readJsonLines(
  path: string,
  shape: string,
  visit: (object: Record<string, unknown>, complain: Complain, line: number) => void,
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
  /** The hint if the first line of a pipe cannot be read: unlike a file, a pipe has no name to tell its format by. */
  const otherFormat = () =>
    isPipe && objects === 0
      ? `a pipe must hold uncompressed JSON lines: write other formats to a file first; ${example}`
      : undefined;

  const visitLine = (text: string) => {
    line++;
    if (text.trim() === "") return;
    let value: unknown;
    try {
      // Files are put together from several, each with a byte-order mark.
      value = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    } catch (error) {
      complain(`not JSON: ${messageOf(error)}`, otherFormat() ?? example, error);
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      complain(`expected an object, found ${asWritten(value)}`, example);
    }
    objects++;
    visit(value as Record<string, unknown>, explain, line);
  };

  const visitBlock = (block: Buffer) => {
    const other = line === 0 ? otherForms[block.toString("latin1", 0, 4)] : undefined;
    if (other !== undefined) {
      line = 1;
      complain(`${other}, expected JSON lines`, otherFormat() ?? example);
    }
    if (!isUtf8(block)) {
      line += 1 + linesBeforeBadUtf8(block);
      complain("not UTF-8 text", otherFormat() ?? "save the file as UTF-8");
    }
    const text = block.toString("utf8");
    // Only the last block may have no line feed; it is the whole file if its lines end as on old Macs.
    const ending = text.includes("\n") ? "\n" : "\r";
    let from = 0;
    for (let end = text.indexOf(ending); end !== -1; end = text.indexOf(ending, from)) {
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

/** Other formats by their first bytes. */
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

/** The file's bytes, decompressed if it is gzipped; `done` closes it. */
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
  // `pipe` handles backpressure but does not forward errors of the source.
  const bytes: Readable = gzipped ? source.pipe(createGunzip({ chunkSize: 1 << 18 })) : source;
  if (bytes !== source) source.on("error", (error: Error) => bytes.destroy(error));
  // Checking between blocks is not enough: the writer of a pipe may never write again.
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
 * Opens a pipe without blocking. A blocking open waits for a writer in a thread that cannot be cancelled and keeps the process
 * from exiting. A pipe cannot be reopened to detect gzip, so it is read as plain text.
 */
function openPipe(path: string, isSocket: boolean): Socket {
  // Standard input may be a socket (Node uses them for child processes), which cannot be opened by name.
  const fd =
    isSocket && path === "/dev/stdin" ? 0 : openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

async function isGzip(file: FileHandle): Promise<boolean> {
  const magic = Buffer.alloc(2);
  return (await file.read(magic, 0, 2, 0)).bytesRead === 2 && magic.readUInt16BE() === 0x1f8b;
}
