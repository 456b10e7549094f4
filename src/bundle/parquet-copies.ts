/** The tables of a bundle that people and other tools read; Segue itself reads the arrays beside them. */
import type { Catalogue } from "../corpus/index.js";
import { sqlString, withDuckDb } from "../system/index.js";
import { saveVectors, type TrackVectors } from "../track2vec/index.js";

const CHUNK_ROWS = 2048;

/** track VARCHAR, artist VARCHAR, count BIGINT (plays in the training data; NULL where not known), in catalogue order. */
export async function writeTracksParquet(
  path: string,
  { tracks, artists }: Catalogue,
  vectors: TrackVectors | undefined,
): Promise<void> {
  const { BIGINT, DuckDBDataChunk, VARCHAR } = await import("@duckdb/node-api");
  const countOf = (track: string) => {
    const row = vectors?.counts ? vectors.indexOf(track) : -1;
    return row < 0 ? null : BigInt(vectors!.counts![row]!);
  };
  await withDuckDb({ threads: 1 }, async (database) => {
    await database.run("CREATE TABLE tracks (track VARCHAR, artist VARCHAR, count BIGINT)");
    const chunk = DuckDBDataChunk.create([VARCHAR, VARCHAR, BIGINT]);
    function* chunks() {
      for (let from = 0; from < tracks.length; from += CHUNK_ROWS) {
        const some = tracks.slice(from, from + CHUNK_ROWS);
        chunk.reset();
        chunk.setColumns([some, some.map((_, i) => artists?.[from + i] ?? null), some.map(countOf)]);
        yield chunk;
      }
    }
    await database.append("tracks", chunks());
    await database.run(`COPY tracks TO ${sqlString(path)} (FORMAT parquet)`);
  });
}

export function writeVectorsParquet(path: string, vectors: TrackVectors): Promise<void> {
  return saveVectors(vectors, path, "parquet");
}
