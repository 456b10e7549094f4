/**
 * The cost of loading rows of 48 floats from random places of a matrix, as training does three times per word: on one thread and on two,
 * for matrices of several sizes. Each row is three cache lines. Rows do not depend on each other, so many loads overlap.
 *
 *   node bench/far-rows.mjs
 */
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { rateOf } from "./wasm-rate.mjs";

const ROW = 192;
const source = (rows) => `let x: u32 = 1;
export function run(rounds: u32): u32 {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < rounds; i++) {
    x = x * 1664525 + 1013904223;
    const at = 65536 + <usize>((<u64>x * ${rows}) >> 32) * ${ROW};
    sum += load<u32>(at) + load<u32>(at, 64) + load<u32>(at, 128);
    store<u32>(at, sum);
  }
  return sum;
}`;

/** Rows per second of `threads` threads at once, each with its own matrix of `megabytes` MB. */
export function farRows(threads, megabytes) {
  const rows = Math.floor((megabytes * 2 ** 20) / ROW);
  return rateOf(source(rows), { threads, pages: 16 * megabytes + 1, rounds: 20_000, perRound: 1, runs: 400 });
}

if (isMainThread && process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const megabytes of [1, 4, 9, 32]) {
    const [one, two] = [await farRows(1, megabytes), await farRows(2, megabytes)];
    console.log(
      `${String(megabytes).padStart(3)} MiB: ${(1e9 / one.mean).toFixed(1)} ns a row on one thread; two threads ${(two.mean / one.mean).toFixed(2)} times as many rows`,
    );
  }
}
