/** Reads gzip files. */
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { SegueError } from "../errors/errors.js";

/** Unpacks gzip data. @throws SegueError code "cut-short" if it is truncated, "damaged" if it is broken */
export async function* unpack(
  chunks: AsyncIterable<Buffer>,
  path: string,
  chunkSize: number,
): AsyncGenerator<Buffer, void, undefined> {
  let bytes = 0;
  // Errors of the file reach the loop, too.
  const gunzip = pipeline(chunks, createGunzip({ chunkSize }), () => {});
  try {
    for await (const chunk of gunzip) {
      bytes += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "Z_BUF_ERROR") throw cutShort(path, bytes, error);
    throw code?.startsWith("Z_") ? notGzip(path, error) : error;
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
