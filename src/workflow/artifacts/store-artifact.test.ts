import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FolderStore } from "../../storage/index.js";
import { folderOfTests } from "../../system/files/temporary-folder.testkit.js";
import { type FileArtifact, file } from "./file.js";
import { loadArtifact } from "./load-artifact.js";
import { type ArtifactRef, objectKey } from "./ref.js";
import { storeArtifact } from "./store-artifact.js";
import { rowAt, type Table, table } from "./table.js";

const folder = folderOfTests("artifact");

const stored = (value: unknown) =>
  storeArtifact(new FolderStore(folder), "x", value, { step: "start", task: "0", folder });
const again = async (value: unknown) => loadArtifact(new FolderStore(folder), await stored(value), "x");

it("restores bytes as a Buffer or typed array, as they were", async () => {
  const buffer = await again(Buffer.from("segue"));
  expect(Buffer.isBuffer(buffer)).toBe(true);
  expect(String(buffer)).toBe("segue");
  const bytes = await again(Uint8Array.of(1, 2));
  expect(Buffer.isBuffer(bytes)).toBe(false);
  expect(bytes).toEqual(Uint8Array.of(1, 2));
});

it("refuses a record or manifest of a foreign datastore that leads out of it", async () => {
  const store = new FolderStore(folder);
  const source = join(folder, "source");
  mkdirSync(source);
  writeFileSync(join(source, "a"), "a");
  const read = async (ref: ArtifactRef) => ((await loadArtifact(store, ref, "x")) as FileArtifact).path();
  const one = await stored(file(join(source, "a")));
  const outside = join(folder, "outside");
  writeFileSync(outside, "mine, and longer");
  await expect(read({ ...one, name: "../../outside" })).rejects.toThrow("names a place outside");
  await expect(read({ ...one, sha: "..", name: "outside" })).rejects.toThrow("names a place outside");
  const manifest = JSON.stringify({ files: [{ path: "../../../escaped", sha: one.sha, size: one.size }] });
  const sha = createHash("sha256").update(manifest).digest("hex");
  await store.put(objectKey(sha), manifest);
  await expect(read({ kind: "folder", sha, size: 1, by: "a/0", name: "f" })).rejects.toThrow(
    "names a place outside",
  );
  expect(readFileSync(outside, "utf8")).toBe("mine, and longer");
  expect(existsSync(join(folder, "escaped"))).toBe(false);
});

it("refuses a subclass of a typed array, whose class would be lost", async () => {
  class Vector extends Float32Array {}
  await expect(stored(Vector.of(1))).rejects.toThrow(
    'cannot store artifact "x" of step start/0: it is a Vector',
  );
});

it("reads a single row of any row group like in a full read", async () => {
  const rows = Array.from({ length: 300_000 }, (_, i) => ({ name: `n${i}`, odd: i % 2 === 1, third: i / 3 }));
  const kept = (await again(table(rows))) as Table;
  const all = await kept.rows();
  for (const i of [0, 1, 122_879, 122_880, 250_001, 299_999]) {
    expect(await rowAt(kept, i)).toEqual(rows[i]);
    expect(all[i]).toEqual(rows[i]);
  }
  expect(await rowAt(kept, rows.length)).toBeUndefined();
});

it("keeps the number of rows of a table without columns, and tables of any name", async () => {
  const kept = (await again(table([{}, {}]))) as Table;
  expect([kept.length, (await kept.rows()).length]).toEqual([2, 2]);
  const place = { step: "start", task: "0", folder };
  const ref = await storeArtifact(new FolderStore(folder), "long".repeat(100), table([{ a: 1 }]), place);
  expect(ref.length).toBe(1);
});

it("stores a table's cells unchanged or refuses them, naming the column", async () => {
  const rows = [
    { a: 2n ** 63n - 1n, É: "é 😀\0", d: new Date(0), x: -0 },
    { a: 5, É: "", é: 1, x: 0.5 },
  ];
  const kept = (await again(table(rows))) as Table;
  expect(await kept.rows()).toEqual([
    { ...rows[0], é: null },
    { ...rows[1], d: null },
  ]);
  for (const [row, message] of [
    [{ a: new Date("soon") }, 'its column "a" holds an invalid date'],
    [{ a: 2n ** 63n }, 'its column "a" holds 9223372036854775808, which does not fit into 64 bits'],
    [{ a: "\ud83d" }, 'its column "a" holds "\\ud83d", with half a character'],
    [{ a: 1, A: 2 }, 'its columns "a" and "A" differ only in capitals'],
    [{ "": 1 }, "it has a column without a name"],
  ] as const)
    await expect(stored(table([row]))).rejects.toThrow(message);
  await expect(stored(table([{ a: 2n ** 53n + 1n }, { a: 0.5 }]))).rejects.toThrow(
    'its column "a" holds fractions and 9007199254740993, which would be rounded beside them',
  );
});

it("stores the file that a link in a folder leads to, and refuses one that leads nowhere", async () => {
  const source = join(folder, "linked");
  mkdirSync(join(source, "deep"), { recursive: true });
  writeFileSync(join(source, "deep", "a"), "the a");
  symlinkSync(join("deep", "a"), join(source, "b"));
  const kept = (await again(file(source))) as FileArtifact;
  expect(readFileSync(join(await kept.path(), "b"), "utf8")).toBe("the a");
  symlinkSync("nowhere", join(source, "deep", "c"));
  await expect(stored(file(source))).rejects.toThrow(
    "its deep/c is neither a file nor a folder, nor a link to a file",
  );
});

it("reports damaged files, files of folders and tables, and recovers when they are removed and stored again", async () => {
  const store = new FolderStore(join(folder, "whole"));
  mkdirSync(join(folder, "many", "deep"), { recursive: true });
  const one = join(folder, "one.bin");
  const deep = join(folder, "many", "deep", "two.bin");
  writeFileSync(one, "one of them");
  writeFileSync(deep, "two of them");
  for (const [what, value, source] of [
    ["file", file(one), one],
    ["folder", file(join(folder, "many")), deep],
    ["table", table([{ name: "a" }]), undefined],
  ] as const) {
    const place = { step: "make", task: "0", folder };
    const ref = await storeArtifact(store, "x", value, place);
    const path = async () => ((await loadArtifact(store, ref, "x")) as FileArtifact).path();
    const sha = source && createHash("sha256").update(readFileSync(source)).digest("hex");
    const object = objectKey(sha ?? ref.sha);
    // One that was read before as one that was not.
    if (what === "file") await path();
    truncateSync(store.localPath(object), 3);
    await expect(path()).rejects.toMatchObject({
      message: "x is damaged: its content does not match its hash",
      hint: `remove ${object} from ${store.url} and resume the run with --step make`,
    });
    rmSync(store.localPath(object));
    await expect(path()).rejects.toMatchObject({
      message: "x: its content is no longer in the datastore",
      hint: expect.stringMatching(/ --step make$/),
    });
    await storeArtifact(store, "x", value, place);
    if (what === "file") expect(readFileSync(await path(), "utf8")).toBe("one of them");
    else if (what === "folder")
      expect(readFileSync(join(await path(), "deep", "two.bin"), "utf8")).toBe("two of them");
    else expect(await ((await loadArtifact(store, ref, "x")) as Table).rows()).toEqual([{ name: "a" }]);
  }
});
