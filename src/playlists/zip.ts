/** Zip archives: the entries in their directory, and the contents of each. */
import { isAscii, isUtf8 } from "node:buffer";
import { type Readable, Transform } from "node:stream";
import { crc32 } from "node:zlib";
import type { Entry, ZipFile } from "yauzl";

/**
 * Opens an archive, which the caller closes. Entries that unpack to another size than the directory says are refused.
 */
export async function openZip(path: string): Promise<ZipFile> {
  const yauzl = await import("yauzl");
  return new Promise((resolve, reject) =>
    yauzl.open(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true }, (error, file) =>
      error ? reject(error) : resolve(file!),
    ),
  );
}

/** The entries whose names satisfy `isWanted`, in the order of the directory. */
export async function entriesOf(zip: ZipFile, isWanted: (name: string) => boolean): Promise<Entry[]> {
  const entries: Entry[] = [];
  await new Promise<void>((resolve, reject) => {
    zip.on("entry", (entry: Entry) => {
      entry.fileName = nameOf(entry);
      if (isWanted(entry.fileName)) entries.push(entry);
      zip.readEntry();
    });
    zip.on("end", resolve);
    zip.on("error", reject);
    zip.readEntry();
  });
  return entries;
}

/** macOS and others write UTF-8 names without the flag for it; like unzip, this detects them. */
function nameOf({ fileName, fileNameRaw, generalPurposeBitFlag }: Entry): string {
  const saysUtf8 = (generalPurposeBitFlag & 0x800) !== 0;
  if (saysUtf8 || isAscii(fileNameRaw) || !isUtf8(fileNameRaw)) return fileName;
  return fileNameRaw.toString().replaceAll("\\", "/");
}

/**
 * Streams the contents of an entry. The stream fails if size or checksum do not match. Closing it closes the archive.
 *
 * @param explain converts the errors of the stream; default: unchanged
 */
export async function openEntry(
  archive: string,
  entry: Entry,
  explain: (error: Error) => Error = (error) => error,
): Promise<Readable> {
  const zip = await openZip(archive);
  const packed = await new Promise<Readable>((resolve, reject) =>
    zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened!))),
  ).catch((error: unknown) => {
    zip.close();
    throw error;
  });
  let sum = 0;
  const checked = new Transform({
    transform(chunk: Buffer, _, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
    flush(done) {
      done(sum === entry.crc32 ? null : explain(new Error("its checksum differs")));
    },
  });
  packed.once("error", (error) => checked.destroy(explain(error)));
  checked.once("close", () => {
    packed.destroy();
    zip.close();
  });
  return packed.pipe(checked);
}
