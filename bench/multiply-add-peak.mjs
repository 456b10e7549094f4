/**
 * The machine's peak of WebAssembly SIMD multiply-adds on one thread: tiles of 3 × 3 sums over data in the first-level cache,
 * nine products and nine sums for six loads.
 */
import { setFlagsFromString } from "node:v8";
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
 * Multiply-adds a second, separate or fused (relaxed SIMD), whichever is more: the best of many short runs, so that what else the
 * machine does matters little.
 */
export async function multiplyAddPeak() {
  setFlagsFromString("--experimental-wasm-relaxed-simd");
  return Math.max(await peakOf(false), await peakOf(true));
}

async function peakOf(fused) {
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
  const { instance } = await WebAssembly.instantiate(written["peak.wasm"], {});
  const rounds = 200_000;
  for (let i = 0; i < 100; i++) instance.exports.peak(2000);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 200; i++) {
    const began = performance.now();
    instance.exports.peak(rounds);
    best = Math.min(best, performance.now() - began);
  }
  return (rounds * 9 * 4 * 1000) / best;
}
