/** `segue dump -o`: each kind of artifact in the form that others read, and nothing put among what is there already. */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromNpy } from "../workflow/artifacts/npy.js";
import { ScratchProject } from "./project.testkit.js";

const project = new ScratchProject();
afterAll(() => project.remove());
const dump = (...args: string[]) => project.segueHere("dump", ...args);

beforeAll(() => {
  project.writeFlows(
    "kinds.mjs",
    `
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
export const kinds = segue.flow("kinds", { module: import.meta.url }).step("start", ({ folder }) => {
  const model = join(folder, "model");
  mkdirSync(join(model, "sub"), { recursive: true });
  writeFileSync(join(model, "manifest.json"), "{}");
  writeFileSync(join(model, "sub", "vectors.bin"), "vectors");
  return {
    f: new Float32Array([1, NaN, 3]),
    ids: new BigInt64Array([9007199254740993n]),
    rows: segue.table([{ name: "a", hits: 1 }]),
    model: segue.file(model),
    manifest: segue.file(join(model, "manifest.json")),
    ratio: NaN,
    list: [1, 2],
  };
});`,
  );
  const ran = project.segue("run", "./kinds.mjs");
  expect(ran.stderr + ran.stdout).toContain("done");
});

describe("segue dump -o", () => {
  it("copies a typed array as .npy, every value as it was", async () => {
    expect(await dump("kinds/start/f", "-o", "f.npy")).toMatchObject({
      code: 0,
      stdout: "copied to f.npy\n",
    });
    expect(fromNpy(readFileSync(project.at("f.npy")))).toEqual(new Float32Array([1, Number.NaN, 3]));
    expect((await dump("kinds/start/ids", "-o", "ids")).code).toBe(0);
    expect(fromNpy(readFileSync(project.at("ids")))).toEqual(new BigInt64Array([9007199254740993n]));
  });

  it("copies a table as Parquet, or as JSON if the file name or --json says so", async () => {
    expect((await dump("kinds/start/rows", "-o", "rows.parquet")).code).toBe(0);
    expect(project.read("rows.parquet").slice(0, 4)).toBe("PAR1");
    expect(await dump("kinds/start/rows", "-o", "rows.json")).toMatchObject({
      code: 0,
      stdout: "wrote rows.json\n",
    });
    expect(JSON.parse(project.read("rows.json"))).toEqual([{ name: "a", hits: 1 }]);
    expect(await dump("kinds/start/f", "--json", "-o", "f.txt")).toMatchObject({
      code: 0,
      stdout: '{"artifact":"f","file":"f.txt"}\n',
    });
    expect(JSON.parse(project.read("f.txt"))).toEqual([1, null, 3]);
    expect((await dump("kinds/start/ids")).stdout).toBe("[\n  9007199254740993\n]\n");
  });

  it("refuses a file name whose extension does not match the artifact's format", async () => {
    for (const [artifact, file] of [
      ["list", "list.npy"],
      ["list", "list.parquet"],
      ["f", "f.parquet"],
      ["rows", "rows.npy"],
      ["rows", "rows.csv"],
      ["list", "list.CSV"],
      ["manifest", "manifest.parquet"],
    ]) {
      const refused = await dump(`kinds/start/${artifact}`, "-o", file!);
      expect(refused).toMatchObject({ code: 2, stdout: "" });
      expect(refused.stderr).toMatch(
        /^error: --output: "\w+" is kept as \.\w+, not as \.\w+\n {2}→ name a \.\w+ file/,
      );
    }
    expect(readdirSync(project.folder)).not.toContain("list.npy");
  });

  it("requires the name of one artifact, and lists the artifacts", async () => {
    const refused = await dump("kinds/start", "-o", "x.json");
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toMatch(/^error: --output takes one artifact.*\n {2}→ .*kinds\/start\/f/);
    expect(readdirSync(project.folder)).not.toContain("x.json");
  });

  it("copies a folder only to a new or empty folder", async () => {
    expect((await dump("kinds/start/model", "-o", "best/model/")).code).toBe(0);
    mkdirSync(project.at("empty"));
    expect((await dump("kinds/start/model", "-o", "empty")).code).toBe(0);
    for (const copy of ["best/model", "empty"])
      expect(readdirSync(project.at(copy), { recursive: true }).sort()).toEqual([
        "manifest.json",
        "sub",
        "sub/vectors.bin",
      ]);
    expect(readdirSync(project.at("best"))).toEqual(["model"]);
    project.write("taken", "a file");
    expect(await dump("kinds/start/model", "-o", "taken")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: --output: taken is a file\n {2}→ /),
    });
    project.write("mixed/mine.txt", "mine");
    const refused = await dump("kinds/start/model", "-o", "mixed");
    expect(refused).toMatchObject({
      code: 2,
      stderr: "error: --output: mixed is not empty\n  → name a new folder, or empty this one\n",
    });
    expect(readdirSync(project.at("mixed"))).toEqual(["mine.txt"]);
  });

  it("copies a file over a file, not onto a folder", async () => {
    project.write("manifest.json", "an earlier one");
    expect((await dump("kinds/start/manifest", "-o", "manifest.json")).code).toBe(0);
    expect(project.read("manifest.json")).toBe("{}");
    mkdirSync(project.at("folder"));
    expect(await dump("kinds/start/manifest", "-o", "folder")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("error: --output: folder is a folder\n"),
    });
  });
});

it("prints NaN and infinity as they are, and as null in JSON", async () => {
  expect((await dump("kinds/start/ratio")).stdout).toBe("NaN\n");
  expect((await dump("kinds/start/ratio", "--json")).stdout).toBe("null\n");
});
