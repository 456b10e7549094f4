/** Paths that name nothing of use: each option that takes one says so in one line that names it, before any work. */
import { existsSync, mkdirSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ScratchProject } from "../project.testkit.js";

const project = new ScratchProject();
afterAll(() => project.remove());
beforeAll(() => {
  mkdirSync(project.at("folder"));
  project.write("file", "");
  project.write("playlists.csv", "artist,track,playlist\nA,x,p\nA,y,p\nA,z,p\n");
});

const train = ["train", "--input", "playlists.csv", "--output", "v.bin"];
const evaluate = ["evaluate", "--recommender", "popularity", "--train", "playlists.csv"];

/** The command without the option, the option, and what it says of a path, by the path. */
const all: ReadonlyArray<readonly [readonly string[], string, Readonly<Record<string, string>>]> = [
  [["run", "intermediate"], "--input", { folder: "folder is a folder", none: "there is no file none" }],
  [["run", "intermediate", "--input", "playlists.csv"], "--datastore", { file: "is a file" }],
  [["runs"], "--datastore", { file: "is a file", "file/under": "is a file, or its path leads through one" }],
  [["show", "modeling"], "--datastore", { file: "is a file" }],
  [["gc", "--keep", "1"], "--datastore", { file: "is a file" }],
  [["sample"], "--output", { folder: "folder is a folder", "file/x.csv": "file is not a folder" }],
  [
    ["train", "--output", "v.bin"],
    "--input",
    { folder: "folder is a folder", none: "there is no file none" },
  ],
  [train.slice(0, 3), "--output", { folder: "cannot tell the format", "file/x.bin": "file is not a folder" }],
  [train, "--checkpoint", { folder: "folder is a folder" }],
  [train, "--resume", { folder: "folder is a folder", none: "cannot use none: there is no such file" }],
  [
    train,
    "--from",
    { folder: "cannot tell the format of folder", "none.bin": "cannot use none.bin: there is no such file" },
  ],
  [train, "--validation", { folder: "folder is a folder", none: "cannot use none: there is no such file" }],
  [["download", "--from", "playlists.csv"], "--to", { folder: "folder is a folder" }],
  [["analyze", "playlists.csv"], "--output", { file: "file is a file", "file/x": "file is not a folder" }],
  [evaluate.slice(0, 3), "--train", { folder: "folder is a folder", none: "there is no file none" }],
  [evaluate, "--queries", { folder: "folder is a folder", none: "there is no file none" }],
  [
    [...evaluate, "--leaderboard"],
    "--html",
    { folder: "folder is a folder", "x.csv": "x.csv is not the name" },
  ],
  [["export", "--format", "onnx"], "--output", { folder: "folder is a folder" }],
  [["export", "--format", "onnx", "--output", "o.onnx"], "--bundle", { none: "there is no bundle at none" }],
  [["export", "--format", "onnx", "--output", "o.onnx"], "--vectors", { folder: "cannot tell the format" }],
  [["recommend", "A-x"], "--bundle", { none: "there is no bundle", folder: "folder is not a bundle" }],
  [["serve"], "--bundle", { none: "there is no bundle at none" }],
  [["studio"], "--bundle", { none: "there is no bundle", folder: "folder is not a bundle" }],
  [["show", "modeling"], "--svg", { "x.png": "x.png is not the name of an SVG file" }],
  [["card", "modeling/eval"], "--output", { "x.pdf": "x.pdf is not the name of an HTML file" }],
];

it.each(all.map((each) => [`${each[0].join(" ")} ${each[1]}`, each] as const))(
  "%s",
  async (_, [command, option, said]) => {
    const empty = await project.segueHere(...command, option, "");
    expect([empty.code, empty.stdout, empty.stderr]).toEqual([
      2,
      "",
      expect.stringMatching(new RegExp(`^error: ${option} is empty\n  → give it a value`)),
    ]);
    for (const [path, what] of Object.entries(said)) {
      const { code, stdout, stderr } = await project.segueHere(...command, option, path);
      expect([path, [1, 2].includes(code!), stdout]).toEqual([path, true, ""]);
      expect(stderr).toMatch(
        new RegExp(`^error: (${option}|input): [^\n]*${what}[^\n]*\n( {2}→ [^\n]+\n)?$`),
      );
    }
  },
);

it.each([["intermediate", "--input", "playlists.csv"], ["primary"], ["deployment"]])(
  "refuses a data path that is not a folder before a run begins: %s",
  async (...flow) => {
    for (const [path, what] of [
      ["file", "data: file is a file"],
      ["file/under", "data: file is not a folder"],
      ["", "wanted a folder on this machine"],
    ] as const) {
      const { code, stdout, stderr } = await project.segueHere("run", ...flow, "--data", path);
      expect([path, code, stdout]).toEqual([path, 2, ""]);
      expect(stderr).toContain(what);
      expect(existsSync(project.at(".segue"))).toBe(false);
    }
  },
);

it.each([
  ["run", "--tag"],
  ["run", "--from"],
  ["runs", "--tag"],
  ["show", "modeling", "--compare"],
  ["resume", "modeling", "--step"],
])("refuses no name of a run, a step or a tag: %s", async (...args) => {
  expect(await project.segueHere(...args, "")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: `error: ${args.at(-1)} is empty\n  → give it a value, or leave it out\n`,
  });
});

it("names an empty argument", async () => {
  const { code, stderr } = await project.segueHere("serve", "");
  expect([code, stderr]).toEqual([2, "error: an argument is empty: bundle\n  → see segue serve --help\n"]);
  const key = await project.segueHere("serve", "folder", "--api-key-file", "");
  expect([key.code, key.stderr]).toEqual([
    2,
    "error: --api-key-file is empty\n  → give it a value, or leave it out\n",
  ]);
});
