/** The files in zip archives, such as personal data from Spotify and Google, read as if they had been unpacked. */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import type { Entry } from "yauzl";
import { messageOf, SegueError, shellWord } from "../../../system/index.js";
import { entriesOf, openEntry, openZip } from "../../zip.js";
import { naturalOrder } from "./natural-order.js";

/** A file in an archive. Its name only selects it; it is never used as a path to write to. */
export interface ArchiveMember {
  readonly archive: string;
  readonly entry: Entry;
  /** Whether the archive has other entries of this name, which are ignored. */
  readonly isTwice: boolean;
}

/** The file's name for users: "my_data.zip/Playlist1.json". */
export const memberPath = ({ archive, entry }: Pick<ArchiveMember, "archive" | "entry">): string =>
  `${archive}/${entry.fileName}`;

/**
 * All files in an archive except macOS metadata, in natural order. If a name occurs twice, the last entry counts, as in unpacking.
 *
 * @throws SegueError code "damaged" if it cannot be read as an archive, "foreign" if it is a spreadsheet
 */
export async function membersOf(archive: string): Promise<ArchiveMember[]> {
  const entries = await directoryOf(archive);
  const names = new Set(entries.map(({ fileName }) => fileName));
  if (names.has("[Content_Types].xml") || (names.has("mimetype") && names.has("content.xml")))
    throw spreadsheet(archive);
  // Overlapping entries, which unpack the same bytes again and again, are a zip bomb.
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
 * Streams the contents of a member, unpacked.
 *
 * @throws SegueError code "encrypted" if it is encrypted or its compression method is unsupported; the stream fails with "damaged"
 *   if size or checksum do not match
 */
export async function memberStream(member: ArchiveMember): Promise<Readable> {
  const { archive, entry } = member;
  const path = memberPath(member);
  if (!entry.canDecodeFileData())
    throw new SegueError(
      entry.isEncrypted()
        ? `${path} is encrypted`
        : `${path} has an unsupported compression method (${entry.compressionMethod})`,
      { hint: `unpack it first, and pass the files: ${unzipCommand(archive)}`, code: "encrypted" },
    );
  const explain = (error: NodeJS.ErrnoException) =>
    error.syscall === undefined ? damaged(path, error.message, archive) : error;
  return openEntry(archive, entry, explain).catch((error: Error) => {
    throw explain(error);
  });
}

/** A command that unpacks an archive into the current folder. */
export function unzipCommand(archive: string): string {
  const folder = basename(archive).replace(/\.zip$/i, "") || "unzipped";
  // The folder must not have the archive's own name.
  const into = folder === basename(archive) ? `${folder}-unzipped` : folder;
  return `unzip ${shellWord(archive)} -d ${shellWord(into)}`;
}

function damaged(path: string, why: string, archive = path): SegueError {
  return new SegueError(
    path === archive ? `${path} is a damaged zip archive: ${why}` : `${path} is damaged: ${why}`,
    { hint: `copy or download ${archive} again, and check it with \`unzip -t\``, code: "damaged" },
  );
}

/** The error for a spreadsheet, which is a zip archive of its parts. */
export const spreadsheet = (path: string): SegueError =>
  new SegueError(`${path} is a spreadsheet`, { hint: fromSheet, exitCode: 2, code: "foreign" });

/** How to convert a spreadsheet. */
export const fromSheet = "save the sheet of playlists as CSV UTF-8, and pass that file";
