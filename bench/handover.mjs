/**
 * What it costs to hand a cache line from one core to the other and back, half of the way: two threads write to it in turn. It takes
 * several times as long where the cores share no cache, or others use it, as on a virtual machine whose host moves cores about. Threads of
 * one training change the same rows, so their gain depends on it.
 *
 *   node bench/handover.mjs
 */
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const ROUNDS = 50_000;
const HERE = 64;

/** Nanoseconds of one handover. */
export async function handover() {
  const line = new SharedArrayBuffer(1024);
  const players = [0, 1].map(
    (player) => new Worker(new URL(import.meta.url), { workerData: { line, player } }),
  );
  const times = await Promise.all(
    players.map(
      (player) => new Promise((resolve, reject) => player.once("message", resolve).once("error", reject)),
    ),
  );
  return (Math.max(...times) * 1e6) / (2 * ROUNDS);
}

function play({ line, player }) {
  const words = new Int32Array(line);
  Atomics.add(words, HERE, 1);
  while (Atomics.load(words, HERE) < 2);
  const began = performance.now();
  for (let turn = player; turn < 2 * ROUNDS; turn += 2) {
    while (Atomics.load(words, 0) !== turn);
    Atomics.store(words, 0, turn + 1);
  }
  parentPort.postMessage(performance.now() - began);
}

if (!isMainThread && workerData?.line) play(workerData);
else if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(`${(await handover()).toFixed(0)} ns to hand a cache line over`);
}
