import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FolderStore } from "../../storage/index.js";
import { loadArtifact } from "./load-artifact.js";
import { storeArtifact } from "./store-artifact.js";
import { rowAt, type Table, table } from "./table.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "segue-artifact-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stored = (value: unknown) =>
  storeArtifact(new FolderStore(folder), "x", value, { step: "start", task: "0", folder });
const again = async (value: unknown) => loadArtifact(new FolderStore(folder), await stored(value), "x");

it("keeps bytes as what they were: a Buffer, or a typed array", async () => {
  const buffer = await again(Buffer.from("segue"));
  expect(Buffer.isBuffer(buffer)).toBe(true);
  expect(String(buffer)).toBe("segue");
  const bytes = await again(Uint8Array.of(1, 2));
  expect(Buffer.isBuffer(bytes)).toBe(false);
  expect(bytes).toEqual(Uint8Array.of(1, 2));
});

it("refuses a child of a typed array, whose class would be lost", async () => {
  class Vector extends Float32Array {}
  await expect(stored(Vector.of(1))).rejects.toThrow(
    'cannot store artifact "x" of step start/0: it is a Vector',
  );
});

it("reads one row of a table, of any of its row groups, as it reads all", async () => {
  const rows = Array.from({ length: 300_000 }, (_, i) => ({ name: `n${i}`, odd: i % 2 === 1, third: i / 3 }));
  const kept = (await again(table(rows))) as Table;
  const all = await kept.rows();
  for (const i of [0, 1, 122_879, 122_880, 250_001, 299_999]) {
    expect(await rowAt(kept, i)).toEqual(rows[i]);
    expect(all[i]).toEqual(rows[i]);
  }
  expect(await rowAt(kept, rows.length)).toBeUndefined();
});
