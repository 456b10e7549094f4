/** A playlist as text, CSV, JSON, M3U and link; and the entries of pasted text. */
import { m3uText } from "../../../src/playlists/m3u-text.js";
import type { Track } from "../lib/api.js";

const spoken = ({ artist, title }: Track) => (artist ? `${artist} - ${title}` : title);
const quoted = (text: string) => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const oneLine = (text: string) => text.replace(/[\r\n]+/g, " ");

export const formats = {
  text: {
    extension: "txt",
    type: "text/plain",
    write: (tracks: readonly Track[]) => tracks.map((t) => `${oneLine(spoken(t))}\n`).join(""),
  },
  CSV: {
    extension: "csv",
    type: "text/csv",
    write: (tracks: readonly Track[]) =>
      `artist,track,id\n${tracks.map((t) => `${[t.artist ?? "", t.title, t.id].map(quoted).join(",")}\n`).join("")}`,
  },
  JSON: {
    extension: "json",
    type: "application/json",
    write: (tracks: readonly Track[]) =>
      `${JSON.stringify({ tracks: tracks.map(({ id, artist, title }) => ({ id, artist, title })) }, null, 2)}\n`,
  },
  M3U: {
    extension: "m3u",
    type: "audio/x-mpegurl",
    write: m3uText,
  },
} as const;

export type FormatName = keyof typeof formats;

/** The rows of a CSV. Quoted fields may contain commas, line breaks and doubled quotes; unquoted fields are trimmed. */
export function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // A quote in a field that does not begin with one is an ordinary character.
  for (const [, quotedField, plain, end] of text.matchAll(
    /[^\S\r\n]*(?:"((?:[^"]|"")*)"[^\S\r\n]*(?=,|\r?\n|$)|([^,\r\n]*))(,|\r?\n|\r|$)/g,
  )) {
    row.push(quotedField?.replaceAll('""', '"') ?? plain!.trim());
    if (end === ",") continue;
    if (row.some((field) => field !== "")) rows.push(row);
    row = [];
  }
  return rows;
}

/** The letters of names: "Artist Name(s)" and "artist_name" too. */
const columns = {
  id: ["id", "trackid"],
  artist: ["artist", "artists", "artistname", "artistnames"],
  title: ["track", "title", "trackname", "song", "name"],
} as const;
const letters = (name: string) => name.toLowerCase().replace(/[^a-z]/g, "");

/** The track's id, else its artist and title as ids are made of them. An id without the title is another service's. */
const entryOf = (id: unknown, artist: unknown, title: unknown): string[] => {
  const filled = (value: unknown): value is string => typeof value === "string" && value !== "";
  if (filled(id) && (!filled(title) || id.includes(title))) return [id];
  return filled(title) ? [[artist, title].filter(filled).join("-")] : [];
};

function csvEntries(text: string): string[] | undefined {
  const [header = [], ...rows] = csvRows(text);
  const names = header.map(letters);
  const find = (among: readonly string[]) => names.findIndex((name) => among.includes(name));
  const [id, artist, title] = [find(columns.id), find(columns.artist), find(columns.title)];
  if (id < 0 && title < 0) return undefined;
  return rows.flatMap((fields) => entryOf(fields[id], fields[artist], fields[title]));
}

function jsonEntries(text: string): string[] | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const list = Array.isArray(value) ? value : (value as { tracks?: unknown }).tracks;
  if (!Array.isArray(list)) return undefined;
  return list.flatMap((each: unknown) => {
    if (typeof each === "string") return [each];
    if (typeof each !== "object" || each === null) return [];
    const fields = Object.entries(each).map(([name, field]) => [letters(name), field] as const);
    const find = (among: readonly string[]) => fields.find(([name]) => among.includes(name))?.[1];
    return entryOf(find(columns.id), find(columns.artist), find(columns.title));
  });
}

/** The decoded file name of a path or URL, without folders and extension. */
function fileName(path: string): string {
  const isAddress = /^[a-z][a-z\d+.-]+:\/\//i.test(path);
  const last = (isAddress ? path.replace(/[?#].*/s, "") : path).split(/[/\\]/).at(-1)!;
  const name = last.replace(/\.[a-z\d]{2,4}$/i, "");
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function m3uEntries(lines: readonly string[]): string[] | undefined {
  if (!lines.some((line) => /^#EXT(M3U|INF:)/.test(line))) return undefined;
  const entries: string[] = [];
  let said = "";
  for (const line of lines) {
    // The length in seconds, optional attributes with quoted values, and after the comma the name.
    const info = /^#EXTINF:[^,"]*(?:"[^"]*"[^,"]*)*,(.*)$/.exec(line);
    if (info) {
      if (said !== "") entries.push(said);
      said = info[1]!.trim();
    } else if (!line.startsWith("#")) {
      entries.push(said || fileName(line));
      said = "";
    }
  }
  return said === "" ? entries : [...entries, said];
}

/**
 * The entries to look up, one per track. Reads JSON, M3U and CSV, from the studio or elsewhere; otherwise each line is an entry. CSV and
 * JSON name tracks by columns or fields id, or artist and track (or title); M3U by #EXTINF, or else by file names.
 */
export function linesOf(text: string): string[] {
  const whole = text.replace(/^\uFEFF/, "");
  const lines = whole
    .split(/\r?\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return jsonEntries(whole) ?? m3uEntries(lines) ?? csvEntries(whole) ?? lines;
}

/** The URL hash that opens Listen with these tracks. */
export const linkTo = (ids: readonly string[]) =>
  `#/listen${ids.length > 0 ? "?" : ""}${ids.map((id) => `t=${encodeURIComponent(id)}`).join("&")}`;

export function tracksInLink(hash: string): string[] {
  return new URLSearchParams(hash.split("?")[1] ?? "").getAll("t");
}
