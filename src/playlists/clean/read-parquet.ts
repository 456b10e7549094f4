/** Copies a Parquet input into a part by DuckDB. Unusable rows have a `reason` there, and are also added to the rejects. */
import { isDeepStrictEqual } from "node:util";
import {
  type Database,
  parquetDamage,
  SegueError,
  sqlName,
  sqlPath,
  sqlString,
  sqlText,
} from "../../system/index.js";
import { sqlFile } from "../sql-file.js";
import { isOfColumns, matchColumns, spareTime, type TableOptions } from "./columns/match-columns.js";
import { tidySql } from "./names/tidy-name.js";
import { partTitleSql } from "./names/titled-play.js";
import type { RejectReason, Rejects } from "./rejects.js";
import { type FieldName, fieldNames } from "./row-writer.js";
import type { PlayTimes } from "./times/play-times.js";
import { withClockSql } from "./times/time-of-play.js";

/**
 * @param file `path`: its name for users; `stored`: where it is
 * @returns the number of rows in the file, how many had their names tidied, the names of the columns that hold the fields, in the
 *   order of `fieldNames`, and an unused column that may hold the time
 */
export async function readParquetRows(
  database: Database,
  { path, stored }: { readonly path: string; readonly stored: string },
  options: TableOptions & {
    readonly firstRowId: number;
    readonly part: string;
    readonly times: PlayTimes;
  },
  rejects: Rejects,
): Promise<{
  rows: number;
  tidied: number;
  held: ReadonlyArray<string | undefined>;
  spareTime: string | undefined;
}> {
  const types = await columnsOf(database, { path, stored });
  const columns = [...types.keys()];
  const at = { ...matchPlainColumns(types, options, path) };
  // A master table has these columns even if the plays had no users or artists.
  if (isDeepStrictEqual(columns, ["row_id", ...fieldNames]))
    for (const field of await reading(path, emptyColumns(database, stored))) at[field] = -1;
  const text = (name: string) => sqlText(name, types.get(name));
  const value = (field: FieldName) => {
    if (at[field] !== -1) {
      const name = columns[at[field]]!;
      if ((field === "artist" || field === "track") && at.artist === at.track)
        return partTitleSql(text(name), field);
      // Several artists become one string, as in JSON.
      return types.get(name) === textList ? `array_to_string(${sqlName(name)}, ', ')` : text(name);
    }
    return field === "playlist" ? sqlString(options.playlist) : "NULL";
  };
  const part = sqlString(options.part);
  const [day, clock] = [columns[at.time], columns[at.clock]].map((name) => name && text(name));
  const time = day && (clock === undefined ? day : withClockSql(day, clock));
  const copied = database.run(
    sqlFile("read-parquet-rows", {
      first_row_id: String(options.firstRowId),
      user_is_wanted: String(at.user_id !== -1),
      artist_is_wanted: String(at.artist !== -1),
      time_is_wanted: String(time !== undefined),
      time: time === undefined ? "NULL" : options.times.readSql(time),
      path: sqlPath(stored),
      part,
      ...Object.fromEntries(fieldNames.map((field) => [field, value(field)])),
      ...Object.fromEntries(fieldNames.map((field) => [`tidy_${field}`, tidySql(field)])),
    }),
  );
  await reading(path, copied);
  const { rows, tidied } = await database.row<{ rows: number; tidied: number }>(
    `SELECT count(*) AS rows, count(*) FILTER (is_tidied) AS tidied FROM ${part}`,
  );
  for await (const chunk of database.chunks(
    `SELECT row_id - ${options.firstRowId} + 1, reason, text FROM ${part} WHERE reason IS NOT NULL ORDER BY row_id`,
  )) {
    for (const [line, reason, text] of chunk.getRows())
      rejects.add({ file: path, line: Number(line), reason: reason as RejectReason, text: text as string });
  }
  if (time !== undefined)
    await options.times.noteParquet(database, { ...options, path, stored, part, column: time });
  return {
    rows,
    tidied,
    held: fieldNames.map((field) => columns[at[field]]),
    spareTime: spareTime(columns, at),
  };
}

/** The optional columns of a master table that are entirely empty. */
async function emptyColumns(database: Database, path: string): Promise<FieldName[]> {
  const optional = ["user_id", "artist"] as const;
  const values = await database.row<Record<(typeof optional)[number], number>>(
    `SELECT ${optional.map((field) => `count(${field}) AS ${field}`).join(", ")} FROM read_parquet(${sqlPath(path)})`,
  );
  return optional.filter((field) => values[field] === 0);
}

/** Like `matchColumns`, but refuses nested columns, whose text would be taken for a name. A track may have a list of artists. */
function matchPlainColumns(
  types: ReadonlyMap<string, string>,
  { mapping, needsTime }: TableOptions,
  path: string,
): ReturnType<typeof matchColumns> {
  const columns = [...types.keys()];
  const nested = columns.filter((name) => isNested(types.get(name)!));
  try {
    const at = matchColumns(columns, mapping, path, { needsTime });
    const isPlain = (field: FieldName) => !nested.includes(columns[at[field]]!);
    const hasArtists = isPlain("track") && types.get(columns[at.artist]!) === textList;
    if (fieldNames.every((field) => isPlain(field) || (field === "artist" && hasArtists))) return at;
  } catch (error) {
    if (nested.length === 0 || !isOfColumns(error)) throw error;
  }
  // If a track is an object, each row is one track, and lists beside it are its artists.
  const objects = nested.filter(
    (name) => types.get(name)!.startsWith("STRUCT(") && !types.get(name)!.endsWith("]"),
  );
  const apart = objects.length > 0 ? objects : nested;
  const names = apart.map(sqlName);
  const taken = names.map((name, i) =>
    types.get(apart[i]!)!.includes("STRUCT(")
      ? `unnest(${name}, recursive := true)`
      : `unnest(${name}) AS ${name}`,
  );
  throw new SegueError(
    `${path} holds ${objects.length > 0 ? "objects" : "lists"}, in the column ${names.join(", ")}; expected one track of one playlist per row`,
    {
      hint: `unnest them first, with DuckDB: COPY (SELECT * EXCLUDE (${names.join(", ")}), ${taken.join(", ")} FROM ${sqlString(path)}) TO 'rows.parquet'`,
      code: "nested-columns",
    },
  );
}

/** DuckDB's type for a list of strings. */
const textList = "VARCHAR[]";

const isNested = (type: string) => type.endsWith("]") || /^(STRUCT|MAP|UNION)\(/.test(type);

/** What DuckDB calls the column that it adds on request, and then cannot read from the file. */
const rowNumber = "file_row_number";

/** The types of a file's columns, by name. @throws SegueError code "reserved-column" if one has a name of DuckDB's */
async function columnsOf(
  database: Database,
  { path, stored }: { readonly path: string; readonly stored: string },
): Promise<ReadonlyMap<string, string>> {
  const described = await reading(
    path,
    database.rows<{ column_name: string; column_type: string }>(
      `DESCRIBE SELECT * FROM read_parquet(${sqlPath(stored)})`,
    ),
  );
  const taken = described.find((column) => column.column_name.toLowerCase() === rowNumber);
  if (taken !== undefined) {
    const name = sqlName(taken.column_name);
    throw new SegueError(`${path} has a column ${name}, a name that DuckDB uses itself to read the file`, {
      hint: `leave the column out, with DuckDB: COPY (SELECT * EXCLUDE (${name}) FROM ${sqlString(path)}) TO 'rows.parquet'`,
      code: "reserved-column",
    });
  }
  return new Map(described.map((column) => [column.column_name, column.column_type]));
}

/** @throws SegueError code "damaged" if the work fails because DuckDB cannot read the file */
async function reading<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const damage = parquetDamage(error);
    if (damage === undefined) throw error;
    throw new SegueError(`${path} is damaged Parquet: ${damage}`, {
      hint: "copy or download it again",
      code: "damaged",
      cause: error,
    });
  }
}
