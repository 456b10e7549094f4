/** Column mappings, which say which column holds which field: `artist=performer,track=song`. */
import { closest, misuse } from "../../../system/index.js";
import { type FieldName, fieldNames } from "../row-writer.js";

/** What a column may hold: a field of a row, or the time of the play. */
export type MappedName = FieldName | "time";
export const mappedNames: readonly MappedName[] = [...fieldNames, "time"];

/**
 * The column of each field: `{ artist: "performer", track: "song", playlist: "list", user_id: "owner", time: "played_at" }`. If day and
 * clock are in two columns: `time: "date+clock"`.
 */
export type ColumnMapping = Readonly<Partial<Record<MappedName, string>>>;

/** Maps the playlist to the file: each file is one playlist. The word is DuckDB's. */
export const fileName = "filename";

/** Maps the artist to no column: tracks are ids that need no artist. */
export const noArtist = "none";

/**
 * Parses a mapping from the command line: `artist=performer,track=song,playlist=list,user_id=owner`.
 *
 * @throws SegueError (misuse) if a field is unknown or named twice, or a part has no "="
 */
export function parseColumnMapping(text: string): ColumnMapping {
  const mapping: Partial<Record<MappedName, string>> = {};
  for (const part of text.split(",")) {
    const [field, ...rest] = part.split("=");
    const name = field!.trim() as MappedName;
    const column = rest.join("=").trim();
    if (column === "" || name === ("" as MappedName))
      throw misuse(
        `not a column mapping: "${part.trim()}"`,
        `write field=column, comma between, for the fields ${mappedNames.join(", ")}: "artist=performer,track=song"`,
      );
    if (!mappedNames.includes(name)) {
      const near = closest(name, mappedNames);
      throw misuse(
        `a column mapping has no field "${name}"`,
        near ? `did you mean "${near}=${column}"?` : `its fields are ${mappedNames.join(", ")}`,
      );
    }
    if (mapping[name] !== undefined)
      throw misuse(
        `the column mapping names two columns for ${name}: "${mapping[name]}" and "${column}"`,
        "name one",
      );
    mapping[name] = column;
  }
  return mapping;
}

/** The two columns of a mapping such as "date+clock"; undefined if it is not one. */
export function dayAndClock(mapped: string): readonly string[] | undefined {
  const parts = mapped.split("+").map((part) => part.trim());
  return parts.length === 2 && !parts.includes("") ? parts : undefined;
}
