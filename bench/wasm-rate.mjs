/** Measures how fast a small WebAssembly function runs on several threads at once, as a reference for the speed of the machine. */
import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import asc from "assemblyscript/asc";

const compiled = new Map();

async function compile(source, pages) {
  if (!compiled.has(source)) {
    const written = {};
    const { error } = await asc.main(
      `rate.ts --outFile rate.wasm -O3 --noAssert --runtime stub --enable simd --enable relaxed-simd --initialMemory ${pages}`.split(
        " ",
      ),
      {
        readFile: (name) => (name === "rate.ts" ? source : null),
        writeFile: (name, contents) => {
          written[name] = contents;
        },
        listFiles: () => [],
      },
    );
    if (error) throw error;
    compiled.set(source, written["rate.wasm"]);
  }
  return compiled.get(source);
}

/**
 * @param source AssemblyScript that exports `run(rounds: u32)`; each thread has its own memory
 * @param perRound units of work per round
 * @returns units of work per second of all threads together: in the best of `runs` runs, and on average
 */
export async function rateOf(source, { threads, pages = 1, rounds, perRound, runs }) {
  // From Node 22 on relaxed SIMD needs no flag, and newer versions no longer accept it.
  if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString("--experimental-wasm-relaxed-simd");
  const bytes = await compile(source, pages);
  const ready = new Int32Array(new SharedArrayBuffer(4));
  const given = { bytes, ready, threads, rounds, runs };
  const times = await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: given });
      return (await once(worker, "message"))[0];
    }),
  );
  const total = (kind) => times.reduce((sum, time) => sum + (rounds * perRound * 1000) / time[kind], 0);
  return { best: total("best"), mean: total("mean") };
}

if (!isMainThread && workerData?.ready) {
  const { bytes, ready, threads, rounds, runs } = workerData;
  const { instance } = await WebAssembly.instantiate(bytes, {});
  const { run } = instance.exports;
  for (let i = 0; i < 100; i++) run(Math.ceil(rounds / 100));
  // Start all at once, so that none measures an otherwise idle machine.
  Atomics.add(ready, 0, 1);
  while (Atomics.load(ready, 0) < threads);
  let best = Number.POSITIVE_INFINITY;
  const start = performance.now();
  for (let i = 0; i < runs; i++) {
    const began = performance.now();
    run(rounds);
    best = Math.min(best, performance.now() - began);
  }
  parentPort.postMessage({ best, mean: (performance.now() - start) / runs });
}
