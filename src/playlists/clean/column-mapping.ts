/** A mapping that says which column holds which field: `artist=performer,track=song`. */
import { closest, misuse } from "../../system/index.js";
import { type FieldName, fieldNames } from "./row-writer.js";

/** What a column may hold: the fields of a row, and when it was played. */
export type MappedName = FieldName | "time";
export const mappedNames: readonly MappedName[] = [...fieldNames, "time"];

/**
 * Names the columns of the file: `{ artist: "performer", track: "song", playlist: "list", user_id: "owner", time: "played_at" }`. A day
 * and a clock that stand in two columns are `time: "date+clock"`.
 */
export type ColumnMapping = Readonly<Partial<Record<MappedName, string>>>;

/** What stands for a playlist's column in a mapping where each file is a playlist of its own, as DuckDB calls that. */
export const fileName = "filename";

/** What stands for an artist's column in a mapping where a track is an id that holds whose it is, or needs no artist. */
export const noArtist = "none";

/**
 * Parses a mapping as it is written on the command line: `artist=performer,track=song,playlist=list,user_id=owner`.
 *
 * @throws SegueError (misuse) for a field that does not exist or is named twice, or a part without "="
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

/** The two columns of a mapping such as "date+clock"; undefined where it is none. */
export function dayAndClock(mapped: string): readonly string[] | undefined {
  const parts = mapped.split("+").map((part) => part.trim());
  return parts.length === 2 && !parts.includes("") ? parts : undefined;
}
