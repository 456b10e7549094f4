import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { packageRoot } from "../../system/index.js";
import { checkCatalog } from "./check-catalog.js";

describe("the catalog of a project in Segue's own folder", () => {
  const at = folderOfEachTest("own");
  beforeEach(async () => {
    await cp(join(packageRoot, "conf", "base"), at("conf", "base"), { recursive: true });
    await mkdir(at("conf", "local"));
  });

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
    await writeFile(at("conf", "local", "catalog.yml"), text);
    await expect(checkCatalog(at(), at())).rejects.toThrow(message);
  });

  it("may put files elsewhere", async () => {
    await writeFile(at("conf", "local", "catalog.yml"), "train:\n  path: /elsewhere/t.parquet\n");
    await checkCatalog(at(), at());
  });
});
