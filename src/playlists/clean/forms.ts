/** Tells what sort of file an input is, from what it holds and not from its name. */
import { SegueError } from "../../system/index.js";
import { type Head, readHead } from "./text-source.js";

/** The forms in which playlists come in. */
export const inputForms = ["csv", "mpd", "sequences", "parquet"] as const;
export type InputForm = (typeof inputForms)[number];

export const formTitles: Readonly<Record<InputForm, string>> = {
  csv: "CSV",
  mpd: "a Spotify Million Playlist slice",
  sequences: "sequences as JSON lines",
  parquet: "Parquet",
};

/**
 * Looks at the first bytes of a file.
 *
 * @throws SegueError where the file is empty, or plainly something else (a zip archive, gzipped Parquet, UTF-16 text)
 */
export async function detectForm(path: string): Promise<InputForm> {
  return formOf(await readHead(path), path);
}

/** As `detectForm`, of first bytes that were read: those of what users call `name`. */
export function formOf({ head, gzipped }: Head, name: string): InputForm {
  if (head.subarray(0, 4).equals(Buffer.from("PAR1"))) {
    if (!gzipped) return "parquet";
    // Its columns are found from its end, which gzip gives last.
    throw new SegueError(`${name} is gzipped Parquet, wanted Parquet as it is`, {
      hint: `unpack it first: gunzip ${name}`,
    });
  }
  if (/\.parquet$/i.test(name) && head.length > 0)
    throw new SegueError(`${name} is not Parquet: it does not begin as such files do`, {
      hint: "copy or download it again; a text file goes by another name",
      code: "damaged",
    });
  if (head[0] === 0x50 && head[1] === 0x4b && head[2]! <= 8)
    throw new SegueError(`${name} is a zip archive`, { hint: `unpack it first: unzip ${name}` });
  if (isUtf16(head))
    throw new SegueError(`${name} is UTF-16 text, wanted UTF-8`, {
      hint: `convert it: iconv -f UTF-16 -t UTF-8 ${name} > utf8-${nameOf(name)}`,
    });
  const text = head.toString("utf8").replace(/^\ufeff/, "");
  if (text.trim() === "")
    throw new SegueError(`${name} is empty`, {
      hint: "was it downloaded or exported completely?",
      code: "empty-input",
    });
  const start = text.trimStart();
  if (/^\{\s*"(info|playlists)"\s*:/.test(start)) return "mpd";
  if (start.startsWith("{")) return "sequences";
  if (start.startsWith("["))
    throw new SegueError(`${name} is a JSON array; of JSON Segue reads Spotify slices and JSON lines`, {
      hint: 'write one object a line: {"playlist_id": "…", "tracks": ["…", …]}',
    });
  const header = start.split("\n", 1)[0]!;
  if (header.includes("\0") || (header.includes("\ufffd") && !header.includes(",")))
    throw new SegueError(`${name} is not text: there are other bytes in its first line`, {
      hint: `Segue reads ${Object.values(formTitles).join(", ")}, all but Parquet plain or gzipped`,
      code: "not-text",
    });
  if (/\r(?!\n)./.test(header))
    throw new SegueError(`${name} ends its lines by carriage returns alone, wanted line feeds`, {
      hint: `convert it: tr '\\r' '\\n' < ${name} > lf-${nameOf(name)}`,
      code: "wrong-line-ends",
    });
  return "csv";
}

/** By its mark, or, where it has none, by the zero in every other byte of ASCII letters. */
function isUtf16(head: Buffer): boolean {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return true;
  const first = head.subarray(0, 64);
  const zeros = (from: number) => first.filter((byte, i) => i % 2 === from && byte === 0).length;
  return first.length >= 8 && [0, 1].some((from) => zeros(from) > first.length / 3 && zeros(1 - from) === 0);
}

const nameOf = (path: string) => path.replace(/^.*[\\/]/, "");
