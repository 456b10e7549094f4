/** The table of tracks in a bundle, for people and other tools. Segue itself reads only the arrays. */
import { rm } from "node:fs/promises";
import {
  ByteColumn,
  ParquetWriter,
  sqlParquet,
  sqlString,
  type Tensor,
  withDuckDb,
} from "../system/index.js";

/** DuckDB's default. */
const GROUP_ROWS = 122_880;

/**
 * Columns: track VARCHAR, artist VARCHAR, count BIGINT (plays in the training data; NULL if unknown), in catalogue order.
 *
 * @param catalogue the catalogue as packed by `catalogueTensors`, whose text is copied without decoding it
 * @param counts plays by track number, -1 if unknown
 */
export async function writeTracksParquet(
  path: string,
  catalogue: Readonly<Record<string, Tensor>>,
  counts: Float64Array,
): Promise<void> {
  const plain = `${path}.plain`;
  const artistOf = catalogue["artists.of"]?.array;
  try {
    writePlain(plain, catalogue, counts);
    // One thread keeps the row groups, and so the bytes, the same on every machine.
    await withDuckDb({ threads: 1 }, (database) =>
      database.run(
        `COPY (SELECT track, ${artistOf ? "artist" : "NULL::VARCHAR AS artist"}, nullif(count, -1) AS count
         FROM ${sqlParquet(plain)}) TO ${sqlString(path)} (FORMAT parquet)`,
      ),
    );
  } finally {
    await rm(plain, { force: true });
  }
}

function writePlain(path: string, catalogue: Readonly<Record<string, Tensor>>, counts: Float64Array): void {
  const tracks = packedColumn(catalogue, "tracks");
  const artistOf = catalogue["artists.of"]?.array;
  const artists = artistOf && packedColumn(catalogue, "artists");
  const columns = artists ? [tracks, artists] : [tracks];
  const writer = new ParquetWriter(path, ["count", "track", ...(artists ? ["artist"] : [])]);
  try {
    for (let from = 0; from < counts.length; from += GROUP_ROWS) {
      const rows = Math.min(GROUP_ROWS, counts.length - from);
      const numbers = BigInt64Array.from({ length: rows }, (_, row) => BigInt(counts[from + row]!));
      for (const { column } of columns) column.length = 0;
      for (let track = from; track < from + rows; track++) {
        tracks.add(track);
        artists?.add(artistOf![track]!);
      }
      writer.writeGroup(
        rows,
        numbers,
        columns.map(({ column }) => column),
      );
    }
    writer.close();
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

/** A column to which packed strings are added by their number. */
function packedColumn(tensors: Readonly<Record<string, Tensor>>, name: string) {
  const text = tensors[`${name}.text`]!.array as Uint8Array;
  const ends = tensors[`${name}.ends`]!.array;
  const column = new ByteColumn();
  const add = (number: number) => {
    const start = number === 0 ? 0 : ends[number - 1]!;
    const length = ends[number]! - start;
    column.reserve(4 + length);
    const { bytes } = column;
    let at = column.length;
    bytes[at++] = length;
    bytes[at++] = length >>> 8;
    bytes[at++] = length >>> 16;
    bytes[at++] = length >>> 24;
    // For short names a loop is faster than a call of `set`.
    for (let i = 0; i < length; i++) bytes[at++] = text[start + i]!;
    column.length = at;
  };
  return { column, add };
}
