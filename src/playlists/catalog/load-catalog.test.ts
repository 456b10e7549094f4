import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { packageRoot } from "../../system/index.js";
import { loadCatalog } from "./load-catalog.js";

const at = folderOfEachTest("catalog");

async function write(layer: "base" | "local", text: string): Promise<void> {
  await mkdir(at("conf", layer), { recursive: true });
  await writeFile(at("conf", layer, "catalog.yml"), text);
}

describe("loadCatalog", () => {
  it("has the place of the download, in the project's own catalog", async () => {
    const catalog = await loadCatalog(packageRoot);
    expect(catalog.entry("raw_playlists")).toEqual({
      name: "raw_playlists",
      path: join(packageRoot, "data/01_raw/spotify_dataset.csv"),
      format: "csv",
    });
  });

  it("moves only what is in data/ into another data folder", async () => {
    await write("local", `train:\n  path: /elsewhere/train.parquet\n`);
    const catalog = await loadCatalog(at(), { data: "other" });
    expect(catalog.path("validation")).toBe(at("other/03_inputs/validation.parquet"));
    expect(catalog.path("train")).toBe("/elsewhere/train.parquet");
  });

  it("falls back to the packaged catalog, relative to the given folder", async () => {
    expect((await loadCatalog(at())).path("train")).toBe(at("data/03_inputs/train.parquet"));
  });

  it("overrides conf/base by conf/local entry by entry", async () => {
    await write("base", "a: {path: x.csv, format: csv}\nb: {path: y, format: folder}\n");
    await write("local", "a: {path: /elsewhere/x.csv}\nc: {path: z.json, format: json}\n");
    const catalog = await loadCatalog(at());
    expect(catalog.path("a")).toBe("/elsewhere/x.csv");
    expect(catalog.entry("a").format).toBe("csv");
    expect(catalog.path("b")).toBe(at("y"));
    expect(catalog.path("c")).toBe(at("z.json"));
  });

  it("accepts an empty local catalog", async () => {
    await write("local", "# nothing yet\n");
    expect((await loadCatalog(at())).entries.size).toBeGreaterThan(5);
  });

  it.each([
    ["a: {path: x.csv, format: cvs}", /catalog\.yml, line 1: a\.format/],
    ["a:\n  path: x.csv\n  format: csv\nb:\n  pth: y\n  format: csv", /catalog\.yml, line 5: b: .*pth/],
    ["a: {path: [x.csv, format: csv}", /catalog\.yml, line 1: Flow sequence .* end with a \]/],
    ["a: *nothing", /cannot read .*catalog\.yml: Unresolved alias/],
    ["a: {path: x.csv}", /catalog\.yml, line 1: the entry "a" has no format/],
    ["- a\n- b", /the catalog/],
  ])("names the place of the mistake in %j", async (text, message) => {
    await write("base", text);
    await expect(loadCatalog(at())).rejects.toThrow(message);
    await expect(loadCatalog(at())).rejects.toMatchObject({ exitCode: 2 });
  });

  it("takes an incomplete entry for a misspelt one", async () => {
    await write("local", "# mine\nmaster_playlist:\n  path: master.parquet\n");
    await expect(loadCatalog(at())).rejects.toMatchObject({
      message: expect.stringMatching(/catalog\.yml, line 2: the entry "master_playlist" has no format$/),
      hint: 'did you mean "master_playlists"?',
      exitCode: 2,
    });
  });

  it("refuses text that is not UTF-8, with its line", async () => {
    await write("local", "");
    const path = at("conf", "local", "catalog.yml");
    await writeFile(path, Buffer.from("train:\n  path: caf\xe9.parquet\n", "latin1"));
    await expect(loadCatalog(at())).rejects.toMatchObject({
      message: `${path}, line 2: not UTF-8 text`,
      exitCode: 2,
    });
  });

  it("refuses a place that is not on this machine, and says what S3 is for", async () => {
    await write("local", "train: {path: a}\nmodels:\n  path: s3://models/segue\n");
    await expect(loadCatalog(at())).rejects.toMatchObject({
      message: expect.stringMatching(
        /catalog\.yml, line 3: models\.path: s3:\/\/models\/segue is not a path on this machine/,
      ),
      hint: expect.stringContaining("--datastore s3://"),
      exitCode: 2,
    });
  });

  it("refuses two files in one place, however the path is written", async () => {
    await write("local", "rejected_rows:\n  path: ./data/x/../02_processed/master_playlists.parquet\n");
    await expect(loadCatalog(at())).rejects.toMatchObject({
      message: expect.stringMatching(
        /local.catalog\.yml, line 2: rejected_rows has the path of master_playlists \(.*base.catalog\.yml, line \d+\)/,
      ),
      exitCode: 2,
    });
  });

  it("accepts a sample as input, and one folder for several outputs", async () => {
    await write(
      "local",
      "raw_playlists: {path: data/01_raw/sample_playlists.csv}\nmodels: {path: out}\noutputs: {path: out}\n",
    );
    expect((await loadCatalog(at())).path("outputs")).toBe(at("out"));
  });

  it("lists the valid names", async () => {
    const catalog = await loadCatalog(at());
    expect(() => catalog.path("trane")).toThrow('no "trane"');
  });
});
