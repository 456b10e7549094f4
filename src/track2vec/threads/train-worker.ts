/** The entry point of a training thread. It is started early, and receives one or more jobs later. */
import { parentPort } from "node:worker_threads";
import { type Job, Work } from "./work.js";

parentPort!.on("message", ({ job, thread }: { job: Job; thread: number }) => {
  const work = new Work(job, thread);
  for (let epoch = job.firstEpoch; epoch < job.options.epochs; epoch++) {
    if (!work.control.awaitEpoch(epoch)) break;
    const { goesOn, totals } = work.runEpoch(epoch);
    // The other threads do not wait for this: a message takes as long as a chunk.
    if (totals) parentPort!.postMessage(totals);
    if (!goesOn) break;
  }
  parentPort!.postMessage("left");
});
