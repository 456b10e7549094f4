/** The first line of a CSV file: which column is which, what parts the fields, and whether `\` escapes. */
import { misuse, SegueError } from "../../system/index.js";
import type { CsvLayout } from "./csv-scanner.js";
import { type FieldName, fieldNames } from "./row-writer.js";

/** Names the columns of the file: `{ artist: "performer", track: "song", playlist: "list", user_id: "owner" }`. */
export type ColumnMapping = Readonly<Partial<Record<FieldName, string>>>;

/** How a quote inside a quoted field is written: `\"` (and `""`), or only `""`. */
export type EscapeStyle = "backslash" | "doubled";

const aliases: Readonly<Record<FieldName, readonly string[]>> = {
  user_id: ["user_id", "user", "userid"],
  artist: ["artistname", "artist", "artist_name"],
  track: ["trackname", "track", "track_name"],
  playlist: ["playlistname", "playlist", "playlist_name"],
};

/** The columns of the #nowplaying data, whose quotes are escaped by `\`. */
const nowplaying = ["user_id", "artistname", "trackname", "playlistname"];

export interface CsvHeader extends CsvLayout {
  /** The names in the file, as they stand there but for spaces and quotes around them. */
  readonly names: readonly string[];
}

/**
 * Parses a mapping as it is written on the command line: `artist=performer,track=song,playlist=list,user_id=owner`.
 *
 * @throws SegueError (misuse) for a field that does not exist or a part without "="
 */
export function parseColumnMapping(text: string): ColumnMapping {
  const mapping: Partial<Record<FieldName, string>> = {};
  for (const part of text.split(",")) {
    const [field, ...rest] = part.split("=");
    const name = field!.trim() as FieldName;
    const column = rest.join("=").trim();
    if (!fieldNames.includes(name) || column === "")
      throw misuse(
        `not a column mapping: "${part.trim()}"`,
        `write field=column, comma between, for the fields ${fieldNames.join(", ")}`,
      );
    mapping[name] = column;
  }
  return mapping;
}

/** Finds, among the columns of a file, the one for each field; -1 for a user_id that nobody mapped. */
export function matchColumns(
  names: readonly string[],
  mapping: ColumnMapping | undefined,
  where: string,
): Record<FieldName, number> {
  const folded = names.map((name) => name.toLowerCase());
  const found = {} as Record<FieldName, number>;
  const missing: string[] = [];
  for (const field of fieldNames) {
    const mapped = mapping?.[field];
    const index =
      mapped !== undefined
        ? names.indexOf(mapped)
        : aliases[field].reduce((at, alias) => (at === -1 ? folded.indexOf(alias) : at), -1);
    found[field] = index;
    if (index === -1 && !(field === "user_id" && mapping !== undefined && mapped === undefined))
      missing.push(mapped ?? field);
  }
  if (missing.length > 0)
    throw new SegueError(
      `${where}: found the columns ${names.map((name) => `"${name}"`).join(", ")}, wanted ${
        mapping === undefined
          ? `${nowplaying.join(", ")} (or user_id, artist, track, playlist)`
          : `also ${missing.map((name) => `"${name}"`).join(", ")}`
      }`,
      {
        hint: `say which column is which with a mapping, such as --columns "artist=${names[0] || "…"},track=…,playlist=…,user_id=…"`,
        code: "wrong-columns",
      },
    );
  return found;
}

/** Reads the header line. */
export function readHeader(
  line: string,
  where: string,
  options: { mapping?: ColumnMapping; escape?: EscapeStyle },
): CsvHeader {
  const delimiter = bestDelimiter(line);
  const names = columnNames(line);
  const at = matchColumns(names, options.mapping, where);
  const columns = names.map((_, index) => {
    const field = fieldNames.findIndex((name) => at[name] === index);
    return field === -1 ? fieldNames.length : field;
  });
  const isNowplaying = nowplaying.every((name) => names.some((found) => found.toLowerCase() === name));
  const style = options.escape ?? (isNowplaying ? "backslash" : "doubled");
  return { names, columns, delimiter: delimiter.charCodeAt(0), escape: style === "backslash" ? 0x5c : -1 };
}

/** The names in a header line, parted by whatever parts it into most. */
export function columnNames(line: string): string[] {
  return splitHeader(line, bestDelimiter(line));
}

function bestDelimiter(line: string): string {
  const counts = [",", "\t", ";", "|"].map((d) => ({ d, n: splitHeader(line, d).length }));
  return counts.reduce((best, next) => (next.n > best.n ? next : best)).d;
}

/** More forgiving than rows are: stray spaces and quotes around a name are taken off. */
function splitHeader(line: string, delimiter: string): string[] {
  const names: string[] = [];
  let name = "";
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    if (character === delimiter && !quoted) {
      names.push(name);
      name = "";
    } else name += character;
  }
  names.push(name);
  return names.map((raw) =>
    raw
      .trim()
      .replace(/^"+|"+$/g, "")
      .trim(),
  );
}
