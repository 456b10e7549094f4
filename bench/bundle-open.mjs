/**
 * Claim: a bundle of 1,000,000 tracks × 64 dimensions opens in less than 1.5 s, with every file verified. For comparison, SHA-256
 * alone of the same bytes: the least that verifying costs.
 *
 *   node bench/bundle-open.mjs [--tracks 1000000] [--size 64]
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBundle, writeBundle } from "../dist/bundle/index.js";
import { TrackVectors } from "../dist/track2vec/index.js";
import { parseArguments } from "./support.mjs";

const { values } = parseArguments({
  options: { tracks: { type: "string", default: "1000000" }, size: { type: "string", default: "64" } },
});
const [n, size] = [values.tracks, values.size].map(Number);
let state = 1;
const vectors = new Float32Array(n * size);
for (let i = 0; i < vectors.length; i++) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  vectors[i] = state / 2147483648 - 1;
}
const artists = Array.from({ length: n }, (_, i) => `Some Artist ${i % 50_000}`);
const tracks = artists.map((artist, i) => `${artist}-A Track Title ${i}`);
const folder = mkdtempSync(join(tmpdir(), "segue-bench-"));
try {
  const bundle = join(folder, "bundle");
  let started = performance.now();
  await writeBundle(bundle, {
    catalogue: { tracks, artists },
    recommenders: {},
    vectors: new TrackVectors({ tracks, size, vectors }),
    index: "exact",
  });
  console.log(`${n} tracks × ${size}`);
  console.log(`  written in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const times = [];
  for (let round = 0; round < 5; round++) {
    started = performance.now();
    const { vectors: read } = await openBundle(bundle);
    times.push(performance.now() - started);
    if (read.length !== n) throw new Error("the bundle came back smaller");
  }
  times.sort((a, b) => a - b);
  let bytes = 0;
  started = performance.now();
  for (const name of readdirSync(bundle)) {
    const held = readFileSync(join(bundle, name));
    bytes += held.length;
    createHash("sha256").update(held).digest();
  }
  const alone = performance.now() - started;
  console.log(
    `  opened in ${times[2].toFixed(0)} ms (median of 5, ${times[0].toFixed(0)} to ${times[4].toFixed(0)}; bar: 1500)`,
  );
  console.log(
    `  reading and SHA-256 of its ${(bytes / 2 ** 20).toFixed(0)} MiB alone: ${alone.toFixed(0)} ms`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
