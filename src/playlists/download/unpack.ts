/** Takes the one CSV file out of what was downloaded: a zip archive, a gzip file, or the CSV itself. */
import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { messageOf, type Progress, SegueError, writeAtomically } from "../../system/index.js";

/**
 * Writes `to` atomically. Names inside an archive choose the entry and nothing else: whatever path one claims, its contents
 * go to `to`.
 *
 * @returns the size of what was written
 * @throws SegueError where the archive is damaged or holds no CSV file, or several of which none is called like `to`
 */
export async function unpackCsv(
  archive: string,
  to: string,
  options: { progress: Progress; signal?: AbortSignal },
): Promise<number> {
  const head = await headOf(archive);
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
      if (head[0] === 0x50 && head[1] === 0x4b) await unzip(archive, basename(to), write);
      else if (head[0] === 0x1f && head[1] === 0x8b) {
        const file = createReadStream(archive);
        const gunzip = createGunzip();
        file.once("error", (error) => gunzip.destroy(error));
        await write(file.pipe(gunzip));
      } else await write(createReadStream(archive));
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof SegueError || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
      throw new SegueError(`${archive} is damaged: ${messageOf(error)}`, {
        hint: "download it again",
        code: "damaged",
        cause: error,
      });
    }
  });
  return bytes;
}

async function unzip(
  archive: string,
  wanted: string,
  write: (source: Readable, total: number) => Promise<void>,
): Promise<void> {
  const yauzl = await import("yauzl");
  const zip = await new Promise<import("yauzl").ZipFile>((resolve, reject) =>
    // Sizes are checked against the directory, so an archive that unpacks to more than it claims is refused.
    yauzl.open(archive, { lazyEntries: true, autoClose: false, validateEntrySizes: true }, (error, file) =>
      error ? reject(error) : resolve(file!),
    ),
  );
  try {
    const entries: import("yauzl").Entry[] = [];
    await new Promise<void>((resolve, reject) => {
      zip.on("entry", (entry: import("yauzl").Entry) => {
        if (/\.csv$/i.test(entry.fileName)) entries.push(entry);
        zip.readEntry();
      });
      zip.on("end", resolve);
      zip.on("error", reject);
      zip.readEntry();
    });
    const entry =
      entries.length === 1 ? entries[0]! : entries.find((one) => one.fileName.split("/").at(-1) === wanted);
    if (entry === undefined)
      throw new SegueError(
        entries.length === 0
          ? `${archive} holds no CSV file`
          : `${archive} holds several CSV files, none called ${wanted}: ${entries.map((one) => one.fileName).join(", ")}`,
        { hint: "unpack it by hand", code: "wrong-archive" },
      );
    const stream = await new Promise<Readable>((resolve, reject) =>
      zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened!))),
    );
    await write(stream, entry.uncompressedSize);
  } finally {
    zip.close();
  }
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const head = Buffer.alloc(2);
    await file.read(head, 0, 2, 0);
    return head;
  } finally {
    await file.close();
  }
}
