import { readFileSync } from "node:fs";
import { afterEach, expect, it, vi } from "vitest";
import { randomVectors, testFolder } from "../bundle/bundle.testkit.js";
import { writeBundle } from "../bundle/index.js";
import { loadVectors, saveVectors } from "../track2vec/index.js";
import { createProgram } from "./program.js";

const at = testFolder();
const vectors = randomVectors(["a", "b", "c"], 4);
afterEach(() => vi.restoreAllMocks());

async function segue(...args: string[]): Promise<string> {
  const printed = vi.spyOn(console, "log").mockImplementation(() => {});
  await createProgram().parseAsync(["node", "segue", "export", ...args]);
  return printed.mock.calls.flat().join("\n");
}

it("exports a bundle's vectors, and tells what it wrote", async () => {
  await writeBundle(at("bundle"), { catalogue: vectors, recommenders: {}, vectors });
  const printed = await segue(
    "--bundle",
    at("bundle"),
    "--format",
    "word2vec",
    "--output",
    at("v.bin"),
    "--json",
  );
  expect(JSON.parse(printed)).toEqual({ format: "word2vec", output: at("v.bin"), tracks: 3, size: 4 });
  expect((await loadVectors(at("v.bin"))).vectors).toEqual(vectors.vectors);
});

it("turns a file of vectors into a SavedModel", async () => {
  await saveVectors(vectors, at("v.safetensors"));
  await segue("--vectors", at("v.safetensors"), "--format", "savedmodel", "--output", at("model"));
  expect(readFileSync(at("model/1/saved_model.pb")).includes("serving_default")).toBe(true);
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
