/** The bytes of a file, unpacked where it is gzipped, in chunks; with errors that name the file. */
import { createReadStream, type ReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip, gunzipSync, constants as zlibConstants } from "node:zlib";
import { SegueError } from "../../system/index.js";

/** How the text of the inputs is encoded. */
export type TextEncoding = "utf-8" | "latin-1";

export interface TextSource {
  readonly path: string;
  readonly encoding: TextEncoding;
  /** Told how many bytes of the file itself have been read. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

const chunkSize = 1 << 20;

/** The first bytes of a file, unpacked: enough to tell what it is. */
export interface Head {
  readonly head: Buffer;
  readonly gzipped: boolean;
}

export async function readHead(path: string): Promise<Head> {
  const file = await open(path, "r");
  try {
    const raw = Buffer.alloc(1 << 16);
    const { bytesRead } = await file.read(raw, 0, raw.length, 0);
    const head = raw.subarray(0, bytesRead);
    if (!isGzip(head)) return { head, gzipped: false };
    try {
      const text = gunzipSync(head, { finishFlush: zlibConstants.Z_SYNC_FLUSH });
      // Of a file cut off within its first bytes nothing comes out, which must not look like an empty file.
      if (text.length === 0 && bytesRead < raw.length) gunzipSync(head);
      return { head: text, gzipped: true };
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "Z_BUF_ERROR"
        ? cutShort(path, 0, error)
        : notGzip(path, error);
    }
  } finally {
    await file.close();
  }
}

/** @throws SegueError code "cut-short" when a gzip file ends too early, "damaged" when it is broken */
export async function* textChunks(source: TextSource): AsyncGenerator<Buffer> {
  const { gzipped } = await readHead(source.path);
  const file = createReadStream(source.path, { highWaterMark: chunkSize, signal: source.signal });
  file.on("data", (chunk) => source.onBytes?.(chunk.length));
  try {
    for await (const chunk of gzipped ? unpacked(file, source.path) : file) {
      const bytes = chunk as Buffer;
      yield source.encoding === "latin-1" ? Buffer.from(bytes.toString("latin1"), "utf8") : bytes;
    }
  } catch (error) {
    source.signal?.throwIfAborted();
    throw error;
  } finally {
    file.destroy();
  }
}

async function* unpacked(file: ReadStream, path: string): AsyncGenerator<Buffer> {
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

function isGzip(head: Buffer): boolean {
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
