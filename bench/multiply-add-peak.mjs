/**
 * The machine's peak rate of WebAssembly SIMD multiply-adds on one or several threads: tiles of 3 × 3 sums over data in the L1 cache, nine
 * products and nine sums per six loads. Two units with a latency of four cycles need eight independent sums to be always busy; there
 * are nine.
 *
 *   node bench/multiply-add-peak.mjs
 */
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { rateOf } from "./wasm-rate.mjs";

const sums = Array.from({ length: 9 }, (_, i) => i);
const source = (fused) => `export function run(rounds: u32): f32 {
  ${sums.map((i) => `let a${i} = f32x4.splat(1);`).join(" ")}
  for (let i: u32 = 0; i < rounds; i++) {
    const p = <usize>(i & 15) << 7;
    ${[0, 1, 2].map((i) => `const x${i} = v128.load(p, ${16 * i}); const y${i} = v128.load(p, ${16 * i + 48});`).join("\n")}
    ${sums.map((i) => `a${i} = ${fused ? `f32x4.relaxed_madd(x${i % 3}, y${Math.floor(i / 3)}, a${i})` : `f32x4.add(a${i}, f32x4.mul(x${i % 3}, y${Math.floor(i / 3)}))`};`).join("\n")}
  }
  return f32x4.extract_lane(${sums.slice(1).reduce((sum, i) => `f32x4.add(${sum}, a${i})`, "a0")}, 0);
}`;

/**
 * Multiply-adds per second of `threads` threads at once, separate or fused (relaxed SIMD), whichever is faster: the best of many short
 * runs, which other load hardly affects, and the mean of all (about half a second), which is the current speed of the machine.
 */
export async function multiplyAddPeak(threads = 1) {
  const options = { threads, rounds: 200_000, perRound: 36, runs: 1000 };
  const separate = await rateOf(source(false), options);
  const fused = await rateOf(source(true), options);
  return fused.best > separate.best ? fused : separate;
}

if (isMainThread && process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const threads of [1, 2]) {
    const { best, mean } = await multiplyAddPeak(threads);
    console.log(
      `${threads} thread${threads > 1 ? "s" : ""}: ${(best / 1e9).toFixed(1)} G multiply-adds/s, in the mean ${(mean / 1e9).toFixed(1)}`,
    );
  }
}
