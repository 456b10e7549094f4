/** Zip archives: what is in one, by its directory, and the bytes of each. */
import { isAscii, isUtf8 } from "node:buffer";
import { type Readable, Transform } from "node:stream";
import { crc32 } from "node:zlib";
import type { Entry, ZipFile } from "yauzl";

/**
 * Opens an archive. Sizes are checked against its directory, so that one which unpacks to more than it claims is refused.
 *
 * @returns what whoever opened it closes
 */
export async function openZip(path: string): Promise<ZipFile> {
  const yauzl = await import("yauzl");
  return new Promise((resolve, reject) =>
    yauzl.open(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true }, (error, file) =>
      error ? reject(error) : resolve(file!),
    ),
  );
}

/** All that is in it for which `isWanted` says yes by its name, in its order. */
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

/** macOS and others write UTF-8 without saying so, and unzip takes it for that, too. */
function nameOf({ fileName, fileNameRaw, generalPurposeBitFlag }: Entry): string {
  const saysUtf8 = (generalPurposeBitFlag & 0x800) !== 0;
  if (saysUtf8 || isAscii(fileNameRaw) || !isUtf8(fileNameRaw)) return fileName;
  return fileNameRaw.toString().replaceAll("\\", "/");
}

/**
 * What an entry holds, unpacked; the stream fails where that is not what was packed. The archive is closed with it.
 *
 * @param explain makes the error of another that the stream fails with; default: the same
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
      done(sum === entry.crc32 ? null : explain(new Error("its checksum is another")));
    },
  });
  packed.once("error", (error) => checked.destroy(explain(error)));
  checked.once("close", () => {
    packed.destroy();
    zip.close();
  });
  return packed.pipe(checked);
}
