/** Zip archives, as which Spotify and Google give people their data: the files in one, each read as if it had been unpacked. */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import type { Entry } from "yauzl";
import { messageOf, SegueError, shellWord } from "../../system/index.js";
import { entriesOf, openEntry, openZip } from "../zip.js";
import { naturalOrder } from "./natural-order.js";

/** A file in an archive. Its name chooses it and nothing else: whatever path it claims, nothing is written there. */
export interface ArchiveMember {
  readonly archive: string;
  readonly entry: Entry;
  /** Whether the archive has others of its name, which do not count. */
  readonly isTwice: boolean;
}

/** What the file is called: "my_data.zip/Playlist1.json". */
export const memberPath = ({ archive, entry }: Pick<ArchiveMember, "archive" | "entry">): string =>
  `${archive}/${entry.fileName}`;

/**
 * All files in an archive but those that macOS puts beside each, in natural order. Of a name that stands twice in it the last one
 * counts, as where it is unpacked.
 *
 * @throws SegueError code "damaged" where it cannot be read as an archive, "foreign" where it is a spreadsheet
 */
export async function membersOf(archive: string): Promise<ArchiveMember[]> {
  const entries = await directoryOf(archive);
  const names = new Set(entries.map(({ fileName }) => fileName));
  if (names.has("[Content_Types].xml") || (names.has("mimetype") && names.has("content.xml")))
    throw spreadsheet(archive);
  // Files that share their bytes, each of which unpacks to all of them, are how a small archive grows without end.
  const packed = entries.reduce((sum, { compressedSize }) => sum + compressedSize, 0);
  if (packed > (await stat(archive)).size) throw damaged(archive, "the files in it overlap");
  const last = new Map<string, Entry>();
  const twice = new Set<string>();
  for (const entry of entries) {
    if (last.has(entry.fileName)) twice.add(entry.fileName);
    last.set(entry.fileName, entry);
  }
  return [...last.values()]
    .filter(({ fileName }) => !/\/$|(^|\/)(__MACOSX\/|\._)/.test(fileName))
    .sort((a, b) => naturalOrder(a.fileName, b.fileName))
    .map((entry) => ({ archive, entry, isTwice: twice.has(entry.fileName) }));
}

async function directoryOf(archive: string): Promise<Entry[]> {
  try {
    const zip = await openZip(archive);
    try {
      return await entriesOf(zip, () => true);
    } finally {
      zip.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw damaged(archive, messageOf(error));
  }
}

/**
 * What a member holds, unpacked while it is read.
 *
 * @throws SegueError code "encrypted" where it has a password, or is packed in a way that only other programs undo; the stream fails
 *   with "damaged" where it does not unpack to what was packed
 */
export async function memberStream(member: ArchiveMember): Promise<Readable> {
  const { archive, entry } = member;
  const path = memberPath(member);
  if (!entry.canDecodeFileData())
    throw new SegueError(
      entry.isEncrypted()
        ? `${path} is encrypted`
        : `${path} is packed in another way than most archives (method ${entry.compressionMethod})`,
      { hint: `unpack it first, and give the files: ${unzipCommand(archive)}`, code: "encrypted" },
    );
  const explain = (error: NodeJS.ErrnoException) =>
    error.syscall === undefined ? damaged(path, error.message, archive) : error;
  return openEntry(archive, entry, explain).catch((error: Error) => {
    throw explain(error);
  });
}

/** The command that unpacks an archive beside where it is run. */
export function unzipCommand(archive: string): string {
  const folder = basename(archive).replace(/\.zip$/i, "") || "unzipped";
  // A folder cannot lie where the archive does.
  const into = folder === basename(archive) ? `${folder}-unzipped` : folder;
  return `unzip ${shellWord(archive)} -d ${shellWord(into)}`;
}

function damaged(path: string, why: string, archive = path): SegueError {
  return new SegueError(
    path === archive ? `${path} is a damaged zip archive: ${why}` : `${path} is damaged: ${why}`,
    { hint: `copy or download ${archive} again, and check it with \`unzip -t\``, code: "damaged" },
  );
}

/** Which is an archive of its own parts. */
export const spreadsheet = (path: string): SegueError =>
  new SegueError(`${path} is a spreadsheet`, { hint: fromSheet, code: "foreign" });

/** The way from a spreadsheet to a file that can be read. */
export const fromSheet = "save the sheet of playlists as CSV UTF-8, and give that file";
