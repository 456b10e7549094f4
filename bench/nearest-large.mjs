/**
 * Claim: above 300,000 tracks, the inverted file is built many times as fast as a graph (usearch, HNSW), using all cores, and answers as fast
 * with the same recall. 500,000 × 48, k = 100; for each side the time to build it, to open it, and per query, and the recall.
 *
 *   node bench/nearest-large.mjs [VECTORS] [--tracks 500000] [--size 48] [--k 100] [--threads 2]
 *
 * VECTORS: a file written by `segue train`; by default, vectors in nested clusters are generated. usearch is looked up from the current
 * folder and from the project (npm install --no-save usearch@2.25.3).
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../dist/system/index.js";
import { buildLists, ListIndex, loadVectors, packLists, TrackVectors } from "../dist/track2vec/index.js";
import { parseArguments } from "./support.mjs";

const { values, positionals } = parseArguments({
  allowPositionals: true,
  options: {
    tracks: { type: "string", default: "500000" },
    size: { type: "string", default: "48" },
    k: { type: "string", default: "100" },
    threads: { type: "string", default: `${availableParallelism()}` },
  },
});
const k = Number(values.k);
const threads = Number(values.threads);
const vectors = positionals[0]
  ? await loadVectors(positionals[0])
  : madeUp(Number(values.tracks), Number(values.size));
const { length, size } = vectors;
const seconds = (began) => `${((performance.now() - began) / 1000).toFixed(1)} s`;

const QUERIES = 1000;
const queries = new Float32Array(QUERIES * size);
for (let q = 0; q < QUERIES; q++)
  queries.set(vectors.vectorAt(Math.floor(((q + 0.3) * length) / QUERIES)), q * size);
const truth = vectors.nearestRows(queries, k);
console.log(`${length} tracks × ${size}, k = ${k}`);

function report(name, search) {
  for (let q = 0; q < 50; q++) search(queries.subarray(q * size, (q + 1) * size));
  let hits = 0;
  let spent = 0;
  for (let q = 0; q < QUERIES; q++) {
    const at = performance.now();
    const rows = search(queries.subarray(q * size, (q + 1) * size));
    spent += performance.now() - at;
    const own = new Set(rows);
    for (const row of truth.rows.subarray(q * k, (q + 1) * k)) hits += Number(own.has(row));
  }
  console.log(
    `  ${name}  ${(spent / QUERIES).toFixed(3)} ms a query, ${((100 * hits) / truth.rows.length).toFixed(2)} % of the nearest`,
  );
}

let began = performance.now();
const lists = await buildLists(vectors);
const own = (performance.now() - began) / 1000;
console.log(
  `  inverted file  made in ${own.toFixed(1)} s: ${lists.starts.length - 1} lists, ${lists.probes} of them looked into`,
);
began = performance.now();
const index = new ListIndex(packLists(vectors.vectors, size, lists));
console.log(`  inverted file  opened in ${seconds(began)}`);
report("inverted file", (query) => index.search(query, k).rows);

let usearch;
for (const place of [`${process.cwd()}/package.json`, import.meta.url]) {
  try {
    usearch ??= createRequire(place)("usearch");
  } catch {
    // Not installed.
  }
}
if (usearch === undefined) {
  console.log("  usearch        skipped: not installed (npm install --no-save usearch@2.25.3)");
  process.exit();
}
const folder = mkdtempSync(join(tmpdir(), "segue-bench-"));
try {
  const path = join(folder, "graph");
  const empty = () =>
    new usearch.Index({
      dimensions: size,
      metric: usearch.MetricKind.Cos,
      quantization: usearch.ScalarKind.F16,
      connectivity: 16,
      expansion_add: 128,
      expansion_search: 160,
      multi: false,
    });
  const graph = empty();
  began = performance.now();
  for (let from = 0; from < length; from += 10_000) {
    const rows = Math.min(10_000, length - from);
    const keys = BigUint64Array.from({ length: rows }, (_, row) => BigInt(from + row));
    graph.add(keys, Float32Array.from(vectors.vectors.subarray(from * size, (from + rows) * size)), threads);
  }
  const peer = (performance.now() - began) / 1000;
  console.log(`  usearch        made in ${peer.toFixed(1)} s by ${threads} threads`);
  graph.save(path);
  began = performance.now();
  const opened = empty();
  opened.load(path);
  console.log(
    `  usearch        opened in ${seconds(began)}, ${(statSync(path).size / 2 ** 20).toFixed(0)} MiB`,
  );
  report("usearch      ", (query) => Array.from(opened.search(query.slice(), k, 1).keys, Number));
  console.log(`  made ${(peer / own).toFixed(0)}× as fast`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Nested clusters with noise, like trained track vectors. */
function madeUp(tracks, dimensions) {
  const random = new Random(1);
  const around = (centres, count, spread) => {
    const many = centres.length / dimensions;
    const made = new Float32Array(count * dimensions);
    for (let row = 0; row < count; row++) {
      const centre = Math.floor(random.next() * many) * dimensions;
      for (let d = 0; d < dimensions; d++)
        made[row * dimensions + d] = centres[centre + d] + spread * random.normal();
    }
    return made;
  };
  const genres = Float32Array.from({ length: 200 * dimensions }, () => random.normal());
  const scenes = around(genres, Math.ceil(tracks / 50), 0.7);
  return new TrackVectors({
    tracks: Array.from({ length: tracks }, (_, row) => `t${row}`),
    size: dimensions,
    vectors: around(scenes, tracks, 0.4),
  });
}
