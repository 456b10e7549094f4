import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FolderStore } from "../../storage/index.js";
import { loadArtifact } from "./load-artifact.js";
import { storeArtifact } from "./store-artifact.js";

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
