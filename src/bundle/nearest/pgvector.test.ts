import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomVectors } from "../bundle.testkit.js";
import { pgvectorIndex, type SqlClient, storeInPgvector } from "./pgvector.js";
import { measureRecall } from "./recall.testkit.js";

const url = process.env.SEGUE_POSTGRES;
if (!url)
  console.log(
    "pgvector in a real Postgres skipped: set SEGUE_POSTGRES to the URL of one that has the extension",
  );

const databases: Array<[string, () => Promise<{ client: SqlClient; close: () => Promise<unknown> }>]> = [
  [
    "PGlite",
    async () => {
      const client = await PGlite.create({ extensions: { vector } });
      return { client, close: () => client.close() };
    },
  ],
];
if (url)
  databases.push([
    "Postgres",
    async () => {
      const client = new pg.Pool({ connectionString: url });
      return { client, close: () => client.end() };
    },
  ]);

describe.each(databases)("pgvector in %s", (_, open) => {
  const vectors = randomVectors(
    Array.from({ length: 1500 }, (_, i) => `Artist's "${i}"-Tráck`),
    16,
  );
  const table = `segue_test_${process.pid}`;
  let database: Awaited<ReturnType<typeof open>>;

  beforeAll(async () => {
    database = await open();
    await storeInPgvector(database.client, vectors, table);
  }, 120_000);
  afterAll(async () => {
    await database.client.query(`DROP FUNCTION ${table}_nearest(text, integer)`);
    await database.client.query(`DROP TABLE ${table}`);
    await database.close();
  });

  it("finds nearly all nearest tracks, also for a k above its default of 40", async () => {
    const index = pgvectorIndex(database.client, 16, table);
    expect(await measureRecall(vectors, index, 100, 50)).toBeGreaterThan(0.97);
    const own = await index.search(vectors.vectorAt(7), 3);
    const exact = vectors.nearestRows(vectors.vectorAt(7), 3);
    expect(own.rows[0]).toBe(7);
    for (let i = 0; i < 3; i++) expect(own.scores[i]).toBeCloseTo(exact.scores[i]!, 5);
  });

  it("answers a query of zeros in row order, and refuses unsupported queries", async () => {
    const index = pgvectorIndex(database.client, 16, table);
    expect([...(await index.search(new Float32Array(16), 3)).rows]).toEqual([0, 1, 2]);
    await expect(index.search(vectors.vectorAt(0), 1001)).rejects.toThrow("up to 1000");
    expect(() => pgvectorIndex(database.client, 16, "x; DROP TABLE y")).toThrow("not a name for a table");
  });

  it("replaces the whole table", async () => {
    await storeInPgvector(database.client, randomVectors(["a", "b"], 16), table);
    const found = await pgvectorIndex(database.client, 16, table).search(vectors.vectorAt(0), 2);
    expect([...found.rows].sort()).toEqual([0, 1]);
  });
});

it("tells a database without pgvector from one that does not answer", async () => {
  const vectors = randomVectors(["a", "b"], 16);
  const without = await PGlite.create();
  await expect(storeInPgvector(without, vectors)).rejects.toThrow("the database has no pgvector");
  await without.close();
  const away = new pg.Pool({ host: "127.0.0.1", port: 1 });
  await expect(storeInPgvector(away, vectors)).rejects.toThrow(/^connect ECONNREFUSED/);
  await away.end();
});
