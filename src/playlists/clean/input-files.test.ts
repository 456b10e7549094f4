import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findInputs } from "./input-files.js";

it("uses a file with several names once, at its first place and by its first name", async () => {
  const folder = await mkdtemp(join(tmpdir(), "segue-inputs-"));
  try {
    await mkdir(join(folder, "sub"));
    for (const name of ["a.csv", "b.csv"]) await writeFile(join(folder, name), name);
    await symlink(join(folder, "a.csv"), join(folder, "c.csv"));
    const named = ["b.csv", "sub/../b.csv", "*.csv", "./a.csv"].map((name) => `${folder}/${name}`);
    const found = await findInputs(named);
    expect(found.map(({ path }) => path)).toEqual([`${folder}/b.csv`, `${folder}/a.csv`]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
