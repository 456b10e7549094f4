/**
 * The cost of handing a cache line from one core to another: two threads write to it in turn, and a round trip counts as two handovers. It
 * takes several times as long if the cores share no cache or the cache is contended, as on a virtual machine whose host moves cores
 * about. The threads of a training change the same rows, so their gain depends on it.
 *
 *   node bench/handover.mjs
 */
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const ROUNDS = 50_000;
const HERE = 64;

/** Nanoseconds per handover. */
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
