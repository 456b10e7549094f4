/**
 * Claim: exact nearest tracks, 100k × 48, k = 100: p50 below 0.6 ms for a single query in process, and in batches at least 6
 * times as fast as gensim's `most_similar` in a loop.
 *
 *   node bench/nearest.mjs [--tracks 100000] [--size 48] [--k 100]
 *
 * Both sides have the same vectors and answer the same queries; their answers are compared.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TrackVectors } from "../dist/track2vec/index.js";
import { findGensimOrTell, parseArguments, runJson } from "./support.mjs";

const { values } = parseArguments({
  options: {
    tracks: { type: "string", default: "100000" },
    size: { type: "string", default: "48" },
    k: { type: "string", default: "100" },
    queries: { type: "string", default: "10000" },
  },
});
const [n, size, k, queries] = [values.tracks, values.size, values.k, values.queries].map(Number);

// Clustered like trained vectors: 200 directions with noise.
let seed = 1;
const uniform = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return (seed + 0.5) / 4294967296;
};
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
const centres = Float32Array.from({ length: 200 * size }, normal);
const vectors = new Float32Array(n * size);
for (let row = 0; row < n; row++) {
  const centre = Math.floor(uniform() * 200) * size;
  for (let d = 0; d < size; d++) vectors[row * size + d] = centres[centre + d] + normal();
}
const tracks = Array.from({ length: n }, (_, row) => `t${row}`);

const percentile = (times, p) => times.sort((a, b) => a - b)[Math.floor(times.length * p)];
const own = new TrackVectors({ tracks, size, vectors });
let started = performance.now();
own.nearest("t0", k);
const buildMs = performance.now() - started;
const times = [];
for (let q = 0; q < 2000; q++) {
  started = performance.now();
  own.nearest(tracks[(q * 37) % n], k);
  if (q >= 200) times.push(performance.now() - started);
}
const rows = Array.from({ length: queries }, (_, q) => (q * 7) % n);
own.nearestOfRows(rows, k);
started = performance.now();
const batch = own.nearestOfRows(rows, k);
const batchMs = (performance.now() - started) / queries;
console.log(`${n} tracks × ${size}, k = ${k}`);
console.log(`  normalise and pack     ${buildMs.toFixed(0)} ms, once`);
console.log(
  `  segue, one query       p50 ${percentile(times, 0.5).toFixed(3)} ms, p99 ${percentile(times, 0.99).toFixed(3)} ms`,
);
console.log(`  segue, batch of ${queries}  ${batchMs.toFixed(3)} ms a query`);

const folder = mkdtempSync(join(tmpdir(), "segue-bench-"));
try {
  writeFileSync(join(folder, "vectors.f32"), vectors);
  writeFileSync(
    join(folder, "peer.py"),
    `
import json, sys, time
import numpy as np
from gensim.models import KeyedVectors
n, size, k = ${n}, ${size}, ${k}
kv = KeyedVectors(size)
kv.add_vectors([f"t{i}" for i in range(n)], np.fromfile(sys.argv[1], dtype=np.float32).reshape(n, size))
kv.fill_norms()
queries = [(q * 7) % n for q in range(300)]
kv.most_similar("t0", topn=k)
started = time.perf_counter()
answers = [kv.most_similar(f"t{q}", topn=k) for q in queries]
seconds = time.perf_counter() - started
print(json.dumps({"ms": seconds * 1000 / len(queries), "rows": [[int(t[1:]) for t, _ in a] for a in answers]}))
`,
  );
  const python = findGensimOrTell();
  if (python !== undefined) {
    const { ms, rows: theirs } = runJson(python, [join(folder, "peer.py"), join(folder, "vectors.f32")]);
    let same = 0;
    theirs.forEach((answer, q) => {
      const ours = new Set(batch.rows.subarray(q * batch.k, (q + 1) * batch.k));
      same += answer.filter((row) => ours.has(row)).length;
    });
    console.log(
      `  gensim most_similar    ${ms.toFixed(3)} ms a query, ${((100 * same) / (theirs.length * k)).toFixed(2)} % of its answers in ours`,
    );
    console.log(`  batch / gensim         ${(ms / batchMs).toFixed(1)}× as fast (bar: 6×)`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
