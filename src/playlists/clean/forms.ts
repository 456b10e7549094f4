/** Tells what sort of file an input is, from what it holds and not from its name. */
import { SegueError } from "../../system/index.js";
import { readHead } from "./text-source.js";

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
 * @throws SegueError where the file is empty, or plainly something else (a zip archive, UTF-16 text)
 */
export async function detectForm(path: string): Promise<InputForm> {
  const { head } = await readHead(path);
  if (head.subarray(0, 4).equals(Buffer.from("PAR1"))) return "parquet";
  if (head[0] === 0x50 && head[1] === 0x4b && head[2]! <= 8)
    throw new SegueError(`${path} is a zip archive`, { hint: `unpack it first: unzip ${path}` });
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
    throw new SegueError(`${path} is UTF-16 text, wanted UTF-8`, {
      hint: `convert it: iconv -f UTF-16 -t UTF-8 ${path} > utf8-${path.replace(/^.*[\\/]/, "")}`,
    });
  const text = head.toString("utf8").replace(/^\ufeff/, "");
  if (text.trim() === "")
    throw new SegueError(`${path} is empty`, {
      hint: "was it downloaded or exported completely?",
      code: "empty-input",
    });
  const start = text.trimStart();
  if (/^\{\s*"(info|playlists)"\s*:/.test(start)) return "mpd";
  if (start.startsWith("{")) return "sequences";
  if (start.startsWith("["))
    throw new SegueError(`${path} is a JSON array; of JSON Segue reads Spotify slices and JSON lines`, {
      hint: 'write one object a line: {"playlist_id": "…", "tracks": ["…", …]}',
    });
  return "csv";
}
