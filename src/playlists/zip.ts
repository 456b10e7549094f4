/** Zip archives: what is in one, by its directory. */
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
      if (isWanted(entry.fileName)) entries.push(entry);
      zip.readEntry();
    });
    zip.on("end", resolve);
    zip.on("error", reject);
    zip.readEntry();
  });
  return entries;
}
