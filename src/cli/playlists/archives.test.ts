/** Verbs that read playlists read them in a zip archive, too, as they read them unpacked. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { zipOf } from "../../playlists/zip.testkit.js";
import { ScratchProject } from "../project.testkit.js";

const project = new ScratchProject();
afterAll(() => project.remove());
const list = (first: number) =>
  `Track Name,Artist Name(s)\n${Array.from({ length: 12 }, (_, i) => `T${(first + i) % 30},A${(first + i) % 7}\n`).join("")}`;
const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`list ${i}.csv`, list(i)]));
beforeAll(() => {
  for (const [name, text] of Object.entries(files)) project.write(name, text);
  writeFileSync(project.at("data.zip"), zipOf({ ...files, "ReadMe.txt": "hello" }));
});

it.each(["data.zip", "data.zip/list*.csv"])("trains on %s like on its files", async (archive) => {
  const trained = async (input: string, output: string) => {
    const run = await project.segueHere("train", "--input", input, "--epochs", "1", "--output", output);
    expect(run).toMatchObject({ code: 0 });
    return { said: run.stderr, vectors: readFileSync(project.at(output)) };
  };
  const zipped = await trained(archive, "zipped.bin");
  expect(zipped.vectors).toEqual((await trained("list*.csv", "plain.bin")).vectors);
  expect(zipped.said.includes("skipped: ReadMe.txt")).toBe(archive === "data.zip");
});

it("evaluates on an archive", async () => {
  const evaluate = ["evaluate", "--recommender", "popularity", "--hold-out", "0.5", "--json", "--train"];
  const [zipped, plain] = [
    await project.segueHere(...evaluate, "data.zip"),
    await project.segueHere(...evaluate, "list*.csv"),
  ];
  expect(zipped.code).toBe(0);
  expect(JSON.parse(zipped.stdout)).toMatchObject({ queries: JSON.parse(plain.stdout).queries });
});
