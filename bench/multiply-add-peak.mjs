/**
 * The machine's peak of WebAssembly SIMD multiply-adds on one thread or several: tiles of 3 × 3 sums over data in the first-level cache,
 * nine products and nine sums for six loads.
 */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import asc from "assemblyscript/asc";

const sums = Array.from({ length: 9 }, (_, i) => i);
const source = (fused) => `export function peak(rounds: u32): f32 {
  ${sums.map((i) => `let a${i} = f32x4.splat(1);`).join(" ")}
  for (let i: u32 = 0; i < rounds; i++) {
    const p = <usize>(i & 15) << 7;
    ${[0, 1, 2].map((i) => `const x${i} = v128.load(p, ${16 * i}); const y${i} = v128.load(p, ${16 * i + 48});`).join("\n")}
    ${sums.map((i) => `a${i} = ${fused ? `f32x4.relaxed_madd(x${i % 3}, y${Math.floor(i / 3)}, a${i})` : `f32x4.add(a${i}, f32x4.mul(x${i % 3}, y${Math.floor(i / 3)}))`};`).join("\n")}
  }
  return f32x4.extract_lane(${sums.slice(1).reduce((sum, i) => `f32x4.add(${sum}, a${i})`, "a0")}, 0);
}`;

/**
 * Multiply-adds a second of so many threads at once, separate or fused (relaxed SIMD), whichever is more: the best of many short
 * runs, so that what else the machine does matters little.
 */
export async function multiplyAddPeak(threads = 1) {
  setFlagsFromString("--experimental-wasm-relaxed-simd");
  return Math.max(await peakOf(false, threads), await peakOf(true, threads));
}

const ROUNDS = 200_000;
const RUNS = 200;

async function peakOf(fused, threads) {
  const written = {};
  const { error } = await asc.main(
    "peak.ts --outFile peak.wasm -O3 --noAssert --runtime stub --enable simd --enable relaxed-simd --initialMemory 1".split(
      " ",
    ),
    {
      readFile: (name) => (name === "peak.ts" ? source(fused) : null),
      writeFile: (name, contents) => {
        written[name] = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw error;
  const ready = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { bytes: written["peak.wasm"], ready, threads };
  const bests = await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(new URL(import.meta.url), { workerData });
      const [best] = await once(worker, "message");
      return best;
    }),
  );
  return bests.reduce((sum, best) => sum + (ROUNDS * 9 * 4 * 1000) / best, 0);
}

if (isMainThread && process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const threads of [1, 2]) {
    const peak = await multiplyAddPeak(threads);
    console.log(`${threads} thread${threads > 1 ? "s" : ""}: ${(peak / 1e9).toFixed(1)} G multiply-adds/s`);
  }
}

if (!isMainThread && workerData?.ready) {
  const { bytes, ready, threads } = workerData;
  const { instance } = await WebAssembly.instantiate(bytes, {});
  for (let i = 0; i < 100; i++) instance.exports.peak(2000);
  // All at once: nobody measures a machine that the others have left idle.
  Atomics.add(ready, 0, 1);
  while (Atomics.load(ready, 0) < threads);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS; i++) {
    const began = performance.now();
    instance.exports.peak(ROUNDS);
    best = Math.min(best, performance.now() - began);
  }
  parentPort.postMessage(best);
}
