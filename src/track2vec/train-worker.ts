/** The entry point of a training thread: it is started early and told later what to do, perhaps several times. */
import { parentPort } from "node:worker_threads";
import { type EpochTotals, type Job, Work } from "./work.js";

parentPort!.on("message", ({ job, thread }: { job: Job; thread: number }) => {
  const work = new Work(job, thread);
  for (let epoch = job.firstEpoch; epoch < job.options.epochs; epoch++) {
    if (!work.control.awaitEpoch(epoch) || !work.runEpoch(epoch)) break;
    let totals: EpochTotals | undefined;
    const ended = work.control.meet(job.threads, () => {
      work.control.nextChunk = 0;
      totals = work.totals(epoch);
    });
    // The others are on their way again: a message takes as long as a chunk.
    if (totals) parentPort!.postMessage(totals);
    if (!ended) break;
  }
  parentPort!.postMessage("left");
});
