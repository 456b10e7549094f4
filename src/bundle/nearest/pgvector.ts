/**
 * Nearest rows by Postgres with pgvector (https://github.com/pgvector/pgvector, 0.5 or newer), for more vectors than one
 * machine's memory holds, or where several servers share them. Its HNSW graph is approximate.
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

/** What is needed of a database: `pg`'s Pool and Client have it, and so has PGlite. */
export interface SqlClient {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** pgvector's own bound on how many candidates a search keeps, and so on k. */
const MOST_CANDIDATES = 1000;
const ROWS_AT_ONCE = 500;

/**
 * Puts vectors into a table (row, track, vector) with an HNSW index and a function that searches it. A table of that name is
 * replaced in one step, once the new one is whole.
 *
 * @param table letters, digits and underscores, not beginning with a digit
 * @throws SegueError where the database has no pgvector of version 0.5 or newer; (misuse) where an argument is wrong
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
    throw new SegueError(`the database has no pgvector: ${messageOf(cause)}`, {
      hint: "Debian: apt install postgresql-16-pgvector (the number is the server's).",
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
  // A function carries its own ef_search, whichever connection of a pool answers. All of it is one statement.
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
 * Opens a table that `storeInPgvector` made.
 *
 * @param size the number of dimensions
 * @throws SegueError (misuse) where an argument is wrong; its `search` throws one when k is not from 1 to 1000, or the database does not
 *   answer
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
  // The cosine with a vector of zeros is 0 here, and not a number there.
  const sql = zero
    ? `SELECT row, 1.0::float8 AS distance FROM ${table} ORDER BY row LIMIT $1`
    : `SELECT row, distance FROM ${table}_nearest($2, $1)`;
  const { rows } = await client.query(sql, zero ? [k] : [k, literal(query)]);
  const found = (rows as Array<{ row: number; distance: number }>).map(({ row, distance }) => ({
    row,
    score: Math.fround(Number.isNaN(distance) ? 0 : 1 - distance),
  }));
  if (found.length < k)
    throw new SegueError(`the table ${table} gave ${found.length} nearest tracks where ${k} were asked`, {
      hint: "It holds fewer, or vectors of zeros, which its index leaves out.",
    });
  return found.sort((a, b) => b.score - a.score || a.row - b.row);
}

const literal = (vector: Float32Array) => `[${vector.join(",")}]`;

function requireClient(client: SqlClient): void {
  if (thingWith("", "query").holds(client)) return;
  throw misuse("there is no database to ask", "give a Pool or a Client of pg");
}

/** Names become part of SQL, so nothing else may be in them. */
function requireName(table: string): void {
  if (typeof table !== "string" || !/^[a-z_][a-z0-9_]{0,40}$/i.test(table))
    throw misuse(
      `not a name for a table: ${asWritten(table)}`,
      "use letters, digits and underscores, at most 41, not beginning with a digit",
    );
}
