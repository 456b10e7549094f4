import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { folderOfTests } from "../files/temporary-folder.testkit.js";
import { usableMemory } from "../machine/machine.js";
import { withDuckDb } from "./duckdb.js";

const folder = folderOfTests("duckdb");

describe("withDuckDb", () => {
  it("answers with plain values", async () => {
    const row = await withDuckDb({}, (db) =>
      db.row(
        "SELECT 12::BIGINT AS n, [1::BIGINT, 2] AS list, 'x' AS text, NULL AS nothing, ?::BIGINT AS bound",
        [7],
      ),
    );
    expect(row).toEqual({ n: 12, list: [1, 2], text: "x", nothing: null, bound: 7 });
  });

  it("has times in UTC on every connection, whatever the time zone", async () => {
    // A machine in UTC is "Etc/UTC" for itself.
    const zone = "SELECT current_setting('TimeZone') AS zone";
    await withDuckDb({}, async (db) => {
      expect(await db.row(zone)).toEqual({ zone: "UTC" });
      expect(await db.beside((other) => other.row(zone))).toEqual({ zone: "UTC" });
    });
  });

  it("streams chunks in order", async () => {
    const seen = await withDuckDb({}, async (db) => {
      let rows = 0;
      for await (const chunk of db.chunks("SELECT range FROM range(10000)")) rows += chunk.rowCount;
      return rows;
    });
    expect(seen).toBe(10_000);
  });

  it("spills below its memory limit and leaves no file behind", async () => {
    const distinct = await withDuckDb(
      { memoryLimit: "100MB", threads: 1, spillFolder: folder },
      async (db) => {
        await db.run("CREATE TABLE t AS SELECT md5(range::VARCHAR) AS h FROM range(2000000)");
        return (await db.row<{ n: number }>("SELECT count(*) AS n FROM (SELECT h FROM t ORDER BY h)")).n;
      },
    );
    expect(distinct).toBe(2_000_000);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each<[string, (abort: () => void, query: () => Promise<void>) => Promise<void>]>([
    [
      "within a query",
      (abort, query) => {
        setTimeout(abort, 100);
        return query();
      },
    ],
    [
      "before a query",
      (abort, query) => {
        abort();
        return query();
      },
    ],
    [
      "when a query is about to begin",
      (abort, query) => {
        const asked = query();
        abort();
        return asked;
      },
    ],
  ])("stops when it is told to %s", async (_, work) => {
    const controller = new AbortController();
    const started = performance.now();
    await expect(
      withDuckDb({ signal: controller.signal, spillFolder: folder }, (db) =>
        work(
          () => controller.abort(),
          () => db.run("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b"),
        ),
      ),
    ).rejects.toThrow(/abort/i);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(["lots", "4", "2iB", "-1GB"])(
    "refuses an amount of memory it cannot read: %s",
    async (memoryLimit) => {
      await expect(withDuckDb({ memoryLimit }, async () => 1)).rejects.toMatchObject({ exitCode: 2 });
    },
  );

  const hintAt = (memoryLimit?: string) =>
    withDuckDb({ memoryLimit, threads: 1 }, async () => {
      throw new Error("Out of Memory Error: failed to allocate");
    }).catch((error) => error.hint);

  it("advises more memory than it had, as far as the machine has more", async () => {
    const most = `${Math.floor((usableMemory() * 3) / 4 / 2 ** 20)}MiB`;
    expect(await hintAt("20MB")).toBe("give it more: segue run --memory-limit 1000MB");
    expect(await hintAt("1.2GB")).toBe("give it more: segue run --memory-limit 2400MB");
    expect(await hintAt(most)).toMatch(/^that is all it may use of this machine's \d+ MB/);
  });

  it.skipIf(usableMemory() < 4.1e9)("sends to the flows where nobody could choose its memory", async () => {
    expect(await hintAt()).toMatch(
      /^let the flows prepare .*: segue run intermediate primary --memory-limit \d+MB; then read data\//,
    );
  });

  const limitAt = async (memoryLimit: string) => {
    const sql = "SELECT current_setting('memory_limit') AS value";
    return withDuckDb({ memoryLimit }, async (db) => (await db.row<{ value: string }>(sql)).value);
  };

  it("uses at most the given memory, and at most three quarters of the machine's", async () => {
    expect(await limitAt("100MiB")).toBe("100.0 MiB");
    expect(await limitAt("64 mb")).toBe("61.0 MiB");
    expect(await limitAt("104857600B")).toBe("100.0 MiB");
    const most = Math.floor((usableMemory() * 3) / 4 / 2 ** 20);
    expect(await limitAt("900TB")).toBe(await limitAt(`${most}MiB`));
  });
});
