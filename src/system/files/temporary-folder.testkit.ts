/** Folders for tests, removed after them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach } from "vitest";

const made = (name: string) => mkdtempSync(join(tmpdir(), `segue-${name}-`));
const remove = (folder: string) => rmSync(folder, { recursive: true, force: true });

/** One folder for all tests of a file. @param name part of its name */
export function folderOfTests(name: string): string {
  const folder = made(name);
  afterAll(() => remove(folder));
  return folder;
}

/** A new folder for each test. @param name part of its name @returns the path in it of the given parts */
export function folderOfEachTest(name: string): (...parts: readonly string[]) => string {
  let folder: string;
  beforeEach(() => {
    folder = made(name);
  });
  afterEach(() => remove(folder));
  return (...parts) => join(folder, ...parts);
}
