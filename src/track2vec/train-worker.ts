/** The entry point of a training thread: it is started early and told later what to do, perhaps several times. */
import { parentPort } from "node:worker_threads";
import { type Job, Work } from "./work.js";

parentPort!.on("message", ({ job, thread }: { job: Job; thread: number }) => {
  const work = new Work(job, thread);
  for (let epoch = job.firstEpoch; epoch < job.options.epochs; epoch++) {
    if (!work.control.awaitEpoch(epoch)) break;
    const { goesOn, totals } = work.runEpoch(epoch);
    // The others are on their way again: a message takes as long as a chunk.
    if (totals) parentPort!.postMessage(totals);
    if (!goesOn) break;
  }
  parentPort!.postMessage("left");
});
