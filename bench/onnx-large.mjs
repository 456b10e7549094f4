/**
 * Claim: an ONNX export whose vectors are larger than the 2 GiB that one protobuf message can hold opens in ONNX Runtime, and
 * gives the same answers as the exact scan. Needs about 12 GB of memory, and a Python with onnxruntime.
 *
 *   SEGUE_PYTHON=python3 node bench/onnx-large.mjs [--tracks 600000] [--size 1000]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportVectors } from "../dist/bundle/index.js";
import { TrackVectors } from "../dist/track2vec/index.js";

const { values } = parseArguments({
  options: { tracks: { type: "string", default: "600000" }, size: { type: "string", default: "1000" } },
});
const [n, size] = [values.tracks, values.size].map(Number);
const k = 100;
let state = 1;
const numbers = new Float32Array(n * size);
for (let i = 0; i < numbers.length; i++) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  numbers[i] = state / 2147483648 - 1;
}
const tracks = Array.from({ length: n }, (_, i) => `Some Artist ${i % 50_000}-A Track Title ${i}`);
const vectors = new TrackVectors({ tracks, size, vectors: numbers });
const asked = Array.from({ length: 20 }, (_, i) => tracks[Math.floor((i * n) / 20)]);
const folder = mkdtempSync(join(tmpdir(), "segue-onnx-"));
const script = `
import json, sys, time
import numpy, onnxruntime
began = time.time()
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
opened = time.time()
asked = json.load(open(sys.argv[2]))
found, scores = session.run(["neighbours", "scores"], {"track_ids": numpy.array(asked + ["nobody"], dtype=object), "k": numpy.array([${k}], dtype=numpy.int64)})
json.dump({"version": onnxruntime.__version__, "open": opened - began, "run": time.time() - opened, "tracks": found.tolist(), "scores": scores.tolist()}, open(sys.argv[3], "w"))
`;

import { parseArguments } from "./support.mjs";

try {
  const model = join(folder, "nearest.onnx");
  const started = performance.now();
  await exportVectors(vectors, "onnx", model);
  const written = (performance.now() - started) / 1000;
  writeFileSync(join(folder, "asked.json"), JSON.stringify(asked));
  const python = process.env.SEGUE_PYTHON ?? "python3";
  const ran = spawnSync(
    python,
    ["-c", script, model, join(folder, "asked.json"), join(folder, "answers.json")],
    { encoding: "utf8" },
  );
  if (ran.status !== 0) throw new Error(`${python}: ${ran.stderr}`);
  const answers = JSON.parse(readFileSync(join(folder, "answers.json"), "utf8"));
  let same = 0;
  asked.forEach((track, q) => {
    const exact = new Set(vectors.nearest(track, k).tracks);
    same += answers.tracks[q].filter((each) => exact.has(each)).length;
  });
  const unknown = answers.tracks[asked.length].every((track, i) => track === tracks[i]);
  const gib = (path) => (statSync(path).size / 2 ** 30).toFixed(2);
  console.log(`${n} tracks × ${size}, k = ${k}`);
  console.log(
    `  written in ${written.toFixed(1)} s: nearest.onnx ${gib(model)} GiB, nearest.onnx.data ${gib(`${model}.data`)} GiB`,
  );
  console.log(
    `  ONNX Runtime ${answers.version}: opened in ${answers.open.toFixed(1)} s, ${asked.length + 1} tracks in ${answers.run.toFixed(2)} s`,
  );
  console.log(
    `  ${((100 * same) / (asked.length * k)).toFixed(2)} % of its answers are the exact scan's; an unknown track ${unknown ? "gets" : "does NOT get"} the first ones`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
