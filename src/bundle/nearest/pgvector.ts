/**
 * Nearest rows by Postgres with pgvector (https://github.com/pgvector/pgvector, 0.5 or newer), for vectors that exceed one machine's
 * memory or are shared by several servers. Its HNSW index is approximate.
 */
import {
  asWritten,
  messageOf,
  misuse,
  requireWithin,
  SegueError,
  thingWith,
  wholeNumber,
} from "../../system/index.js";
import { type NearestRows, requireVectors, type TrackVectors } from "../../track2vec/index.js";
import type { NearestIndex } from "./nearest-index.js";

/** The part of a database client that is used: `pg`'s Pool and Client and PGlite have it. */
export interface SqlClient {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** What Postgres answers about an extension that it does not have: feature_not_supported, or before version 15 undefined_file. */
const MISSING_EXTENSION = ["0A000", "58P01"];
/** pgvector's limit on the candidates of a search (`hnsw.ef_search`), and so on k. */
const MOST_CANDIDATES = 1000;
const ROWS_AT_ONCE = 500;

/**
 * Stores vectors in a table (row, track, vector) with an HNSW index and a function that searches it. An existing table of this name is
 * replaced atomically, once the new one is complete.
 *
 * @param table at most 41 letters, digits and underscores, not beginning with a digit; default "segue_vectors"
 * @throws SegueError if the database has no pgvector 0.5 or newer; (misuse) if an argument is wrong
 * @throws the client's own errors
 */
export async function storeInPgvector(
  client: SqlClient,
  vectors: TrackVectors,
  table = "segue_vectors",
): Promise<void> {
  requireClient(client);
  requireVectors(vectors, "storeInPgvector");
  requireName(table);
  await client.query("CREATE EXTENSION IF NOT EXISTS vector").catch((cause) => {
    if (!MISSING_EXTENSION.includes(cause?.code)) throw cause;
    throw new SegueError(`the database has no pgvector: ${messageOf(cause)}`, {
      hint: "Debian: apt install postgresql-16-pgvector (16 is the server's version).",
      cause,
    });
  });
  const fresh = `${table}_new`;
  await client.query(`DROP TABLE IF EXISTS ${fresh}`);
  await client.query(
    `CREATE TABLE ${fresh} (row integer PRIMARY KEY, track text NOT NULL, vector vector(${vectors.size}) NOT NULL)`,
  );
  for (let from = 0; from < vectors.length; from += ROWS_AT_ONCE) {
    const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, vectors.length - from) }, (_, i) => from + i);
    await client.query(
      `INSERT INTO ${fresh} SELECT r, t, v::vector FROM unnest($1::int[], $2::text[], $3::text[]) AS u(r, t, v)`,
      [rows, rows.map((row) => vectors.tracks[row]), rows.map((row) => literal(vectors.vectorAt(row)))],
    );
  }
  await client
    .query(
      `CREATE INDEX ON ${fresh} USING hnsw (vector vector_cosine_ops) WITH (m = 16, ef_construction = 128)`,
    )
    .catch((cause) => {
      throw new SegueError(`the database could not build an HNSW index: ${messageOf(cause)}`, {
        hint: "It needs pgvector 0.5 or newer.",
        cause,
      });
    });
  // A function sets ef_search on whichever pooled connection runs it. The DO block is one statement, so it is atomic.
  await client.query(`DO $do$ BEGIN
    DROP FUNCTION IF EXISTS ${table}_nearest(text, integer);
    DROP TABLE IF EXISTS ${table};
    ALTER TABLE ${fresh} RENAME TO ${table};
    CREATE FUNCTION ${table}_nearest(query text, k integer)
      RETURNS TABLE ("row" integer, distance double precision)
      LANGUAGE sql STABLE SET hnsw.ef_search = ${MOST_CANDIDATES} AS $fn$
        SELECT t.row, t.vector <=> query::vector FROM ${table} t ORDER BY t.vector <=> query::vector LIMIT k
      $fn$;
  END $do$`);
}

/**
 * Searches a table that `storeInPgvector` wrote.
 *
 * @param size the number of dimensions
 * @param table default "segue_vectors"
 * @throws SegueError (misuse) if an argument is wrong; `search` throws one if k is not 1 to 1000, a SegueError if the table has fewer
 *   than k rows to return, and the client's own errors
 */
export function pgvectorIndex(client: SqlClient, size: number, table = "segue_vectors"): NearestIndex {
  requireClient(client);
  requireWithin(wholeNumber(1), "size", size);
  requireName(table);
  return {
    kind: "pgvector",
    search: async (queries, k): Promise<NearestRows> => {
      requireWithin(wholeNumber(1), "k", k);
      if (k > MOST_CANDIDATES)
        throw misuse(`pgvector finds up to ${MOST_CANDIDATES} nearest tracks, not ${k}`);
      const count = queries.length / size;
      const rows = new Uint32Array(count * k);
      const scores = new Float32Array(count * k);
      for (let q = 0; q < count; q++) {
        const found = await nearest(client, table, queries.subarray(q * size, (q + 1) * size), k);
        rows.set(
          found.map(({ row }) => row),
          q * k,
        );
        scores.set(
          found.map(({ score }) => score),
          q * k,
        );
      }
      return { k, rows, scores };
    },
  };
}

async function nearest(client: SqlClient, table: string, query: Float32Array, k: number) {
  const zero = query.every((value) => value === 0);
  // The cosine with a vector of zeros is 0 in Segue, but NaN in pgvector.
  const sql = zero
    ? `SELECT row, 1.0::float8 AS distance FROM ${table} ORDER BY row LIMIT $1`
    : `SELECT row, distance FROM ${table}_nearest($2, $1)`;
  const { rows } = await client.query(sql, zero ? [k] : [k, literal(query)]);
  const found = (rows as Array<{ row: number; distance: number }>).map(({ row, distance }) => ({
    row,
    score: Math.fround(Number.isNaN(distance) ? 0 : 1 - distance),
  }));
  if (found.length < k)
    throw new SegueError(`the table ${table} returned ${found.length} nearest tracks instead of ${k}`, {
      hint: "It has fewer tracks, or zero vectors, which its index leaves out.",
    });
  return found.sort((a, b) => b.score - a.score || a.row - b.row);
}

const literal = (vector: Float32Array) => `[${vector.join(",")}]`;

function requireClient(client: SqlClient): void {
  if (thingWith("", "query").holds(client)) return;
  throw misuse("client must be a database client", "give a Pool or a Client of pg");
}

/** The name becomes part of SQL statements. */
function requireName(table: string): void {
  if (typeof table !== "string" || !/^[a-z_][a-z0-9_]{0,40}$/i.test(table))
    throw misuse(
      `not a name for a table: ${asWritten(table)}`,
      "use letters, digits and underscores, at most 41, not beginning with a digit",
    );
}
