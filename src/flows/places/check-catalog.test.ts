import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageRoot } from "../../system/index.js";
import { checkCatalog } from "./check-catalog.js";

describe("the catalog of a project in Segue's own folder", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "segue-own-"));
    await cp(join(packageRoot, "conf", "base"), join(root, "conf", "base"), { recursive: true });
    await mkdir(join(root, "conf", "local"));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it.each([
    [
      "master_playlist:\n  path: data/m.parquet\n  format: parquet\n",
      /local.catalog\.yml, line 1: no flow reads or writes "master_playlist"/,
    ],
    [
      "master_playlists:\n  format: csv\n",
      /local.catalog\.yml, line 2: "master_playlists" is kept as parquet, not as csv/,
    ],
  ])("must match what the flows use: %j", async (text, message) => {
    await writeFile(join(root, "conf", "local", "catalog.yml"), text);
    await expect(checkCatalog(root, root)).rejects.toThrow(message);
  });

  it("may put files elsewhere", async () => {
    await writeFile(join(root, "conf", "local", "catalog.yml"), "train:\n  path: /elsewhere/t.parquet\n");
    await checkCatalog(root, root);
  });
});
