/** Detects the form of an input from its contents, not its name. */
import {
  type Head,
  type NamedFile,
  readHead,
  SegueError,
  shellWord,
  shortened,
} from "../../../system/index.js";
import { isPls } from "../read-pls.js";
import { rootOf, xmlForm } from "../xml/xml-forms.js";
import { fromSheet } from "./zip-archive.js";

/** The forms of playlists that Segue reads. */
export const inputForms = [
  ...(["csv", "mpd", "sequences", "json", "m3u", "pls"] as const),
  ...(["xspf", "itunes", "rekordbox", "traktor", "parquet"] as const),
] as const;
export type InputForm = (typeof inputForms)[number];

export const formTitles: Readonly<Record<InputForm, string>> = {
  csv: "CSV",
  mpd: "a Spotify Million Playlist slice",
  sequences: "sequences as JSON lines",
  json: "JSON of playlists or plays",
  m3u: "a playlist of a music player (M3U)",
  pls: "a playlist of a music player (PLS)",
  xspf: "a playlist in XSPF",
  itunes: "a library or playlist of Apple Music or iTunes in XML",
  rekordbox: "a collection of rekordbox in XML",
  traktor: "a collection of Traktor (NML)",
  parquet: "Parquet",
};

/**
 * Detects a file's form by its first bytes.
 *
 * @throws SegueError if the file is empty, or clearly something else (an archive, a spreadsheet, a web page, gzipped Parquet)
 */
export async function detectForm(file: NamedFile): Promise<InputForm> {
  return (await readForm(file)).form;
}

/** Like `detectForm`; also returns the bytes that show the form. @param name the file's name for users */
export async function readForm(
  file: NamedFile,
  name = file.path,
): Promise<Head & { readonly form: InputForm }> {
  let read = await readHead(file);
  let form = formOf(read, name);
  for (let size = 1 << 20; form === undefined && size <= longestHead; size *= 16) {
    read = await readHead(file, size);
    form = formOf(read, name);
  }
  return { ...read, form: form ?? "json" };
}

/** In bytes. The first line of sequences is shorter. */
const longestHead = 1 << 24;

/** Whether a file is a zip archive, or in a format based on zip, such as a spreadsheet. */
export async function isArchive(file: NamedFile): Promise<boolean> {
  const { head, gzipped } = await readHead(file);
  return !gzipped && isZip(head);
}

/** Undefined if more bytes are needed. */
function formOf({ head, isWhole, gzipped }: Head, name: string): InputForm | undefined {
  if (head.subarray(0, 4).equals(Buffer.from("PAR1"))) {
    if (!gzipped) return "parquet";
    // Parquet is read from its end, which gzip yields last.
    throw new SegueError(`${name} is gzipped Parquet, which is not read`, {
      hint: `unpack it first: gunzip ${shellWord(name)}`,
    });
  }
  if (/\.parquet$/i.test(name) && head.length > 0)
    throw new SegueError(`${name} is not Parquet: it does not begin like one`, {
      hint: "copy or download it again; if it is a text file, rename it",
      code: "damaged",
    });
  refuseForeign(head, name);
  const text = head.toString("utf8");
  if (text.trim() === "")
    throw new SegueError(`${name} is empty`, {
      hint: "was it downloaded or exported completely?",
      code: "empty-input",
    });
  const start = text.trimStart();
  if (isPls(start)) return "pls";
  if (/^<[!?a-z]/i.test(start)) return xmlForm(start) ?? refuseMarkup(start, name);
  // "[00:00] Artist - Title" is a line of a tracklist, "[2024-01-31 18:05] Artist - Title" of a log.
  if (/^(\{|\[(?!\d+(:|[-./]\d+[-./])\d))/.test(start)) return jsonForm(start, isWhole);
  if (start.startsWith("#EXTM3U") || /\.m3u8?(\.gz)?$/i.test(name)) return "m3u";
  if (/^[ \t]*TRACK \d+ AUDIO\s*$/m.test(text))
    throw foreign(name, "a cue sheet", 'write its tracks as CSV: below a line "artist,track", one per line');
  const header = start.split("\n", 1)[0]!;
  if (header.includes("\0") || (header.includes("\ufffd") && !/[,;\t|]/.test(header)))
    throw new SegueError(`${name} is not text: its first line has binary data`, {
      hint: `Segue reads ${Object.values(formTitles).join(", ")}; each plain, gzipped (except Parquet) or in a zip archive`,
      code: "not-text",
    });
  if (/\r(?!\n)./.test(header))
    throw new SegueError(`${name} ends its lines with bare carriage returns instead of line feeds`, {
      hint: `convert it: tr '\\r' '\\n' < ${shellWord(name)} > ${shellWord(`lf-${nameOf(name)}`)}`,
      code: "wrong-line-ends",
    });
  return "csv";
}

/** The form of a text that begins like JSON: "json" if it is neither a slice nor sequences; undefined if its first line is too short to tell. */
function jsonForm(start: string, isWhole: boolean): InputForm | undefined {
  if (/^\{\s*"(info|playlists)"\s*:/.test(start) && start.includes('"pid"')) return "mpd";
  const [line = "", ...more] = start.split("\n", 2);
  if (!line.startsWith("{") || /^\{\s*"playlists"\s*:/.test(line)) return "json";
  // An id is text or a number.
  if (line.includes('"playlist_id"') && /"tracks"\s*:\s*\[\s*["\]\d-]/.test(line)) return "sequences";
  return isWhole || more.length > 0 ? "json" : undefined;
}

/** Whether a file of the form "json" has one object per line; otherwise it is one document. */
export async function isJsonLines(file: NamedFile): Promise<boolean> {
  let read = await readHead(file);
  const text = () => read.head.toString("utf8").trimStart();
  // The first of many arrays may be long, and a part of it looks like a document.
  for (let size = 1 << 20; !read.isWhole && /^\[[^\n]*$/.test(text()) && size <= longestHead; size *= 16)
    read = await readHead(file, size);
  const start = text();
  const lines = start.split("\n", 3);
  // An array over several lines is one document, even with one entry per line.
  if (start.startsWith("[") && lines.length > 1 && !isJson(lines[0]!)) return false;
  // The beginning of a single line: if it is an object, it does not matter whether more lines follow.
  if (lines.length === 1) return start.startsWith("{");
  // One broken line must not turn the other lines into a broken document.
  return lines[1]!.trim() !== "" && lines.slice(0, 2).some(isJson);
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

/** Whether these are the first bytes of a zip archive. */
export const isZip = (head: Buffer): boolean => head[0] === 0x50 && head[1] === 0x4b && head[2]! <= 8;

/** Whether these are the first bytes of a spreadsheet: the names of files in a zip archive are not compressed. */
export const isSpreadsheet = (zip: Buffer) =>
  /\[Content_Types\]\.xml|xl\/|opendocument\.spreadsheet/.test(zip.toString("latin1"));

const foreign = (name: string, what: string, hint: string) =>
  new SegueError(`${name} is ${what}`, { hint, exitCode: 2, code: "foreign" });

const leaveItOut = "leave it out, and name only the files with playlists";

/** Refuses other common files by their first bytes, with a hint how to convert them. */
function refuseForeign(head: Buffer, name: string): void {
  const begins = (...bytes: number[]) => head.subarray(0, bytes.length).equals(Buffer.from(bytes));
  if (isZip(head)) {
    if (isSpreadsheet(head)) throw foreign(name, "a spreadsheet", fromSheet);
    throw foreign(name, "a zip archive", "unpack the archive that it is in, and pass this one");
  }
  if (begins(0x25, 0x50, 0x44, 0x46)) throw foreign(name, "a PDF document", leaveItOut);
  if (begins(0xd0, 0xcf, 0x11, 0xe0)) throw foreign(name, "a spreadsheet", fromSheet);
  if (begins(0x42, 0x5a, 0x68))
    throw foreign(name, "compressed by bzip2", `unpack it first: bunzip2 --keep ${shellWord(name)}`);
  if (begins(0xfd, 0x37, 0x7a, 0x58))
    throw foreign(name, "compressed by xz", `unpack it first: unxz --keep ${shellWord(name)}`);
  if (begins(0x28, 0xb5, 0x2f, 0xfd))
    throw foreign(name, "compressed by zstd", `unpack it first: unzstd ${shellWord(name)}`);
}

/** Refuses web pages, and XML that is not a known form of playlists. */
function refuseMarkup(start: string, name: string): never {
  const root = rootOf(start);
  // Failed requests may yield only part of a page.
  const isPage = root === undefined ? !start.startsWith("<?xml") : elementsOfPages.test(root);
  if (isPage) {
    // The CSS classes of Google Takeout's pages.
    if (/[."]mdl-/.test(start))
      throw foreign(
        name,
        "a watch history from Google as a web page",
        "export it again with JSON instead of HTML as the format of the history, and pass watch-history.json",
      );
    throw foreign(
      name,
      "a web page, not a table",
      /\.html?$/i.test(name)
        ? leaveItOut
        : "was it downloaded from the right address, by someone who is logged in?",
    );
  }
  throw foreign(
    name,
    `XML of another kind${root === undefined ? "" : `: its first element is <${shortened(root)}>`}`,
    "of XML, Segue reads XSPF, libraries and playlists of Apple Music and iTunes, and collections of rekordbox and Traktor; otherwise save the playlist as M3U or CSV",
  );
}

const elementsOfPages =
  /^(html|head|title|meta|script|style|body|h[1-6]|p|pre|div|span|center|table|form|a|b|br)$/i;

const nameOf = (path: string) => path.replace(/^.*[\\/]/, "");
