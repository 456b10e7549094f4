import { readFileSync } from "node:fs";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { randomVectors, testFolder } from "../bundle/bundle.testkit.js";
import { writeBundle } from "../bundle/index.js";
import { nearestOf } from "../recommenders/index.js";
import { loadVectors, saveVectors } from "../track2vec/index.js";
import { createProgram } from "./program.js";
import { ScratchProject } from "./project.testkit.js";

const at = testFolder();
const project = new ScratchProject();
afterAll(() => project.remove());
const vectors = randomVectors(["a", "b", "c"], 4);
afterEach(() => vi.restoreAllMocks());

async function segue(...args: string[]): Promise<string> {
  const printed = vi.spyOn(console, "log").mockImplementation(() => {});
  await createProgram().parseAsync(["node", "segue", "export", ...args]);
  return printed.mock.calls.flat().join("\n");
}

it.each(["word2vec", "word2vec-binary"])(
  "exports a bundle's vectors as %s, and reports what it wrote",
  async (format) => {
    await writeBundle(at("bundle"), { catalogue: vectors, recommenders: {}, vectors });
    const printed = await segue(
      "--bundle",
      at("bundle"),
      "--format",
      format,
      "--output",
      at("v.bin"),
      "--json",
    );
    expect(JSON.parse(printed)).toEqual({ format, output: at("v.bin"), tracks: 3, size: 4 });
    expect((await loadVectors(at("v.bin"))).vectors).toEqual(vectors.vectors);
  },
);

it("turns a file of vectors into a SavedModel", async () => {
  await saveVectors(vectors, at("v.safetensors"));
  await segue("--vectors", at("v.safetensors"), "--format", "savedmodel", "--output", at("model"));
  expect(readFileSync(at("model/1/saved_model.pb")).includes("serving_default")).toBe(true);
});

it("refuses to overwrite the vectors that it reads", async () => {
  await saveVectors(vectors, at("own.bin"));
  const before = readFileSync(at("own.bin"));
  await expect(
    segue("--vectors", at("own.bin"), "--format", "parquet", "--output", at("./own.bin")),
  ).rejects.toThrow(/--output .*own\.bin is one of the inputs and would be overwritten/);
  expect(readFileSync(at("own.bin"))).toEqual(before);
});

it("says what is missing", async () => {
  const output = ["--format", "onnx", "--output", at("x.onnx")];
  await expect(segue(...output, "--datastore", at("no-runs"))).rejects.toThrow("there is no model yet");
  await writeBundle(at("empty"), { catalogue: vectors, recommenders: {} });
  await expect(segue(...output, "--bundle", at("empty"))).rejects.toThrow("holds no track vectors");
  const nothing = ["--vectors", at("none.bin"), "--format"];
  await expect(segue(...nothing, "word2vec", "--output", at("."))).rejects.toThrow("is a folder");
  await expect(segue(...nothing, "savedmodel", "--output", at("empty/manifest.json"))).rejects.toThrow(
    "manifest.json is a file",
  );
});

it("takes the model of the latest run, whichever flow made it: a deployment, or a modeling run after it", async () => {
  const nearest = nearestOf(vectors, vectors).save();
  await writeBundle(project.at("deployed"), { catalogue: vectors, recommenders: {} });
  await writeBundle(project.at("trained"), { catalogue: vectors, recommenders: { nearest }, vectors });
  project.writeFlows(
    "latest.mjs",
    `
const named = (name) => segue.flow(name, { module: import.meta.url });
export const modeling = named("modeling").step("start", () => ({ model: segue.file("trained"), nearestModel: null }));
export const deployment = named("deployment").step("build", () => ({ bundle: segue.file("deployed") }));`,
  );
  const into = ["--datastore", project.at("latest")];
  const run = (flow: string) => project.segue("run", `./latest.mjs:${flow}`, ...into);
  const exported = () =>
    project.segueHere("export", "--format", "parquet", "--output", "latest.parquet", ...into);
  for (const flow of ["modeling", "deployment"]) run(flow);
  expect((await exported()).stderr).toMatch(/^error: the model of deployment\/\S+ holds no track vectors/);
  // What the hint advises.
  run("modeling");
  expect(await exported()).toMatchObject({ code: 0, stdout: expect.stringContaining("3 tracks") });
});

it("says why a run has no vectors, and finds them beside a best model that has none", async () => {
  const nearest = nearestOf(vectors, vectors).save();
  await writeBundle(project.at("plain"), { catalogue: vectors, recommenders: {} });
  await writeBundle(project.at("nearest"), { catalogue: vectors, recommenders: { nearest }, vectors });
  project.writeFlows(
    "flows.mjs",
    `
const made = (name, artifacts) =>
  segue.flow(name, { module: import.meta.url }).step("start", () => artifacts());
export const both = made("both", () => ({ model: segue.file("plain"), nearestModel: segue.file("nearest") }));
export const dashed = made("with-dash", () => ({ model: segue.file("nearest") }));
export const plain = made("plain_model", () => ({ model: segue.file("plain"), nearestModel: null }));
export const none = made("none", () => ({ count: 1 }));
export const failing = made("failing", () => { throw new Error("no luck"); });`,
  );
  for (const flow of ["both", "with-dash", "plain_model", "none", "failing"])
    project.segue("run", `./flows.mjs:${flow}`);
  const from = (...args: string[]) =>
    project.segueHere("export", "--format", "parquet", "--output", "v.parquet", ...args);
  expect(await from("--bundle", "both")).toMatchObject({
    code: 0,
    stdout: "v.parquet: 3 tracks of 4 dimensions\n",
  });
  const [{ run: dashed }] = JSON.parse((await project.segueHere("runs", "with-dash", "--json")).stdout);
  for (const name of ["with-dash", `with-dash/${dashed}`, dashed])
    expect(await from("--bundle", name), name).toMatchObject({ code: 0 });
  for (const [run, message] of [
    [
      "plain_model",
      /the model of plain_model\/\S+ holds no track vectors, only .*\n {2}→ train one with track2vec/,
    ],
    ["none", /the run none\/\S+ made no model\n {2}→ runs of modeling and deployment do/],
    ["failing", /the run failing\/\S+ \(failed\) has no model\n {2}→ segue resume failing\//],
  ] as const)
    expect(await from("--bundle", run)).toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
  expect(await project.segueHere("serve", "none", "--port", "0")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("made no model"),
  });
  project.write("README.md", "words");
  expect(await from("--vectors", "README.md")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /cannot tell the format of README.md\n.*\.bin, \.txt, \.vec, \.parquet, \.safetensors\n$/,
    ),
  });
});
