/**
 * Reads a playlist of a music player (`.m3u`, `.m3u8`): a line `#EXTINF:215,Artist - Title` describes the file that the next line
 * names; VirtualDJ writes `#EXTVDJ:` with tags instead. The file is one playlist. Entries without such a line are rejected: the
 * artist cannot be told from a path.
 */
import { type Line, lineBlocks, type TextSource } from "../../system/index.js";
import type { FileRows } from "./file-rows.js";
import { isBlank } from "./names/tidy-name.js";
import { titledPlay } from "./names/titled-play.js";
import { toldText } from "./rejects.js";

/** Before the comma are seconds and, from some players, attributes in quotes. */
const beforeArtist = /^\s*#EXTINF:(?:[^",]|"[^"]*")*,\s*/;

const withTitles =
  "a path does not tell artist and title: save the playlist as extended M3U, XSPF or CSV, which name them";

/** Reads one row per file in the playlist. @param playlist its name */
export async function readM3u(source: TextSource, rows: FileRows, playlist: string): Promise<void> {
  let told: Line | undefined;
  for await (const lines of lineBlocks(source, "is this a playlist of a music player?"))
    for (const given of lines) {
      rows.line++;
      const named = toldText(given);
      const start = named.slice(0, 8).trimStart();
      const isTagged = start === "#EXTVDJ:" && (typeof given !== "string" || tagged(given) !== undefined);
      if (isTagged || start.startsWith("#EXTINF:")) told = given;
      if (start === "" || start.startsWith("#")) continue;
      const play = tagged(told) ?? titledPlay(told ?? "", beforeArtist);
      if (typeof play === "object") rows.addTidied(["", play.artist, play.track, playlist]);
      else {
        const text = told === undefined ? named : `${toldText(told)}\n${named}`;
        const detail = play === "not a play" ? 'expected "#EXTINF:215,Artist - Title" above it' : undefined;
        rows.reject(play, detail, text, told ? undefined : withTitles);
      }
      told = undefined;
    }
}

/** The play in a line of VirtualDJ: "#EXTVDJ:<artist>Muse</artist><title>Uprising</title>". */
function tagged(line: Line | undefined): { artist: string; track: string } | undefined {
  if (typeof line !== "string" || !line.startsWith("#EXTVDJ:") || line.includes("\0")) return undefined;
  const [artist, track] = ["artist", "title"].map((tag) => {
    const from = line.indexOf(`<${tag}>`) + tag.length + 2;
    return line.slice(from, Math.max(from, line.indexOf(`</${tag}>`, from)));
  });
  const isWhole = artist && track && !isBlank(artist) && !isBlank(track);
  return isWhole ? { artist: unescaped(artist), track: unescaped(track) } : undefined;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const unescaped = (text: string) => text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name) => entities[name]!);
