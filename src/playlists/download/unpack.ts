/** Extracts the CSV file from a download: a zip archive, a gzip file, or the CSV itself. */
import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { isGzip, messageOf, type Progress, SegueError, writeAtomically } from "../../system/index.js";
import { isZip } from "../clean/inputs/forms.js";
import { entriesOf, openEntry, openZip } from "../zip.js";
import { requirePlaylistTable } from "./require-playlist-table.js";

/**
 * Writes `to` atomically. Names in an archive only select the entry; they are never used as paths.
 *
 * @param options.name the archive's name for users: its path or URL
 * @returns the bytes written
 * @throws SegueError if the archive is damaged, is not one although its name says so, has no CSV file, or several of which
 *   none is named like `to`, or if the file is not a table of playlists; an existing `to` is kept then
 */
export async function unpackCsv(
  archive: string,
  to: string,
  options: { name: string; progress: Progress; signal?: AbortSignal },
): Promise<number> {
  const kind = kindOf(await headOf(archive), options.name);
  let bytes = 0;
  await writeAtomically(to, async (temporary) => {
    const write = (source: Readable, total?: number) =>
      pipeline(
        source,
        new Transform({
          transform(chunk: Buffer, _, done) {
            bytes += chunk.length;
            options.progress({ task: "unpacking", done: bytes, total, unit: "bytes" });
            done(null, chunk);
          },
        }),
        createWriteStream(temporary, { flags: "wx" }),
        { signal: options.signal },
      );
    try {
      if (kind === "zip") await unzip(archive, options.name, basename(to), write);
      else if (kind === "gzip") {
        const file = createReadStream(archive);
        const gunzip = createGunzip();
        file.once("error", (error) => gunzip.destroy(error));
        await write(file.pipe(gunzip));
      } else await write(createReadStream(archive));
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof SegueError || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
      throw new SegueError(`${options.name} is damaged: ${messageOf(error)}`, {
        hint: "download it again",
        code: "damaged",
        cause: error,
      });
    }
    await requirePlaylistTable(temporary, options.name);
  });
  return bytes;
}

/** Detected by the first bytes. It is an error if the name promises an archive: an error page would be taken for data. */
function kindOf(head: Buffer, name: string): "zip" | "gzip" | "plain" {
  const kind = isZip(head) ? "zip" : isGzip(head) ? "gzip" : "plain";
  const extension = /^[^?#]*\.(zip|gz)(?:[?#]|$)/i.exec(name)?.[1]?.toLowerCase();
  const promised = extension === "zip" ? "zip" : extension === "gz" ? "gzip" : undefined;
  if (promised !== undefined && promised !== kind)
    throw new SegueError(`${name} is not a ${promised} file: it does not begin like one`, {
      hint: "download it again, in a browser if the site requires you to sign in",
      code: "damaged",
    });
  return kind;
}

async function unzip(
  archive: string,
  name: string,
  wanted: string,
  write: (source: Readable, total: number) => Promise<void>,
): Promise<void> {
  const zip = await openZip(archive);
  try {
    const entries = await entriesOf(zip, (name) => /\.csv$/i.test(name));
    const entry =
      entries.length === 1 ? entries[0]! : entries.find((one) => one.fileName.split("/").at(-1) === wanted);
    if (entry === undefined)
      throw new SegueError(
        entries.length === 0
          ? `${name} holds no CSV file`
          : `${name} holds several CSV files, none called ${wanted}: ${entries.map((one) => one.fileName).join(", ")}`,
        {
          hint: "unpack it yourself, and name the file with the playlists: --from FILE.csv",
          code: "wrong-archive",
        },
      );
    await write(await openEntry(archive, entry), entry.uncompressedSize);
  } finally {
    zip.close();
  }
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const head = Buffer.alloc(3);
    await file.read(head, 0, 3, 0);
    return head;
  } finally {
    await file.close();
  }
}
