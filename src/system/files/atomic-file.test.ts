import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { distPath } from "../assets.js";
import { moveIntoPlace, writeAtomically } from "./atomic-file.js";

const folders: string[] = [];
const newFolder = (parent: string) => {
  const folder = mkdtempSync(join(parent, "segue-atomic-"));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

it("leaves the old file and nothing else if writing fails", async () => {
  const folder = newFolder(tmpdir());
  const path = join(folder, "kept.txt");
  writeFileSync(path, "old");
  const failing = writeAtomically(path, async (temporary) => {
    writeFileSync(temporary, "half");
    throw new Error("no more");
  });
  await expect(failing).rejects.toThrow("no more");
  expect([readdirSync(folder), readFileSync(path, "utf8")]).toEqual([["kept.txt"], "old"]);
});

it("removes what is unfinished when the process exits meanwhile, as at Ctrl-C", () => {
  const folder = newFolder(tmpdir());
  const { status } = spawnSync(process.execPath, [
    "--input-type=module",
    "--eval",
    `import { mkdirSync } from "node:fs";
     import { writeAtomically } from ${JSON.stringify(pathToFileURL(distPath("system/files/atomic-file.js")))};
     await writeAtomically(${JSON.stringify(join(folder, "bundle"))}, async (temporary) => {
       mkdirSync(temporary);
       process.exit(3);
     });`,
  ]);
  expect([status, readdirSync(folder)]).toEqual([3, []]);
});

it.skipIf(!existsSync("/dev/shm"))("moves a file onto another disk by an atomic copy", async () => {
  const finished = join(newFolder(tmpdir()), "rejects.jsonl");
  const there = newFolder("/dev/shm");
  mkdirSync(join(there, "new"));
  const path = join(there, "new", "rejects.jsonl");
  for (const text of ["first", "second"]) {
    writeFileSync(finished, text);
    await moveIntoPlace(finished, path);
    expect([readFileSync(path, "utf8"), existsSync(finished)]).toEqual([text, false]);
  }
  expect(readdirSync(join(there, "new"))).toEqual(["rejects.jsonl"]);
});
