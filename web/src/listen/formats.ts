/** A playlist as text, CSV, JSON, M3U and as a link; and lines out of what somebody pastes. */
import type { Track } from "../lib/api.js";

const spoken = ({ artist, title }: Track) => (artist ? `${artist} - ${title}` : title);
const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
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
    write: (tracks: readonly Track[]) => `${JSON.stringify({ tracks }, null, 2)}\n`,
  },
  M3U: {
    extension: "m3u",
    type: "audio/x-mpegurl",
    write: (tracks: readonly Track[]) =>
      `#EXTM3U\n${tracks.map((t) => `#EXTINF:-1,${oneLine(spoken(t))}\n${encodeURIComponent(spoken(t))}.mp3\n`).join("")}`,
  },
} as const;

export type FormatName = keyof typeof formats;

/** The fields of one CSV line, quotes doubled within quotes. */
export function csvFields(line: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quotedNow = false;
  for (let i = 0; i < line.length; i++) {
    const letter = line[i]!;
    if (quotedNow && letter === '"' && line[i + 1] === '"') field += line[++i];
    else if (letter === '"') quotedNow = !quotedNow;
    else if (letter === "," && !quotedNow) {
      fields.push(field);
      field = "";
    } else field += letter;
  }
  return [...fields, field].map((each) => each.trim());
}

/** What to look up: one entry a line, "Artist - Title" or CSV with columns named artist and track (or title), or an id column. */
export function linesOf(text: string): string[] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const header = csvFields(lines[0] ?? "").map((name) => name.toLowerCase());
  const find = (...names: string[]) => header.findIndex((name) => names.includes(name));
  const [id, artist, title] = [
    find("id", "track_id"),
    find("artist", "artistname", "artist_name"),
    find("track", "title", "trackname", "track_name"),
  ];
  if (id < 0 && title < 0) return lines;
  return lines.slice(1).map((line) => {
    const fields = csvFields(line);
    if (id >= 0 && fields[id]) return fields[id]!;
    return [fields[artist], fields[title]].filter(Boolean).join("-");
  });
}

/** The hash that opens Listen with these tracks. */
export const linkTo = (ids: readonly string[]) =>
  `#/listen${ids.length > 0 ? "?" : ""}${ids.map((id) => `t=${encodeURIComponent(id)}`).join("&")}`;

export function tracksInLink(hash: string): string[] {
  return new URLSearchParams(hash.split("?")[1] ?? "").getAll("t");
}
