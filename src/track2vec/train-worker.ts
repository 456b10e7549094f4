/** The entry point of a training thread: it is started early and told later what to do, perhaps several times. */
import { parentPort } from "node:worker_threads";
import { type Job, Work } from "./work.js";

parentPort!.on("message", ({ job, thread }: { job: Job; thread: number }) => {
  const work = new Work(job, thread);
  for (let epoch = job.firstEpoch; epoch < job.options.epochs; epoch++) {
    if (!work.control.awaitEpoch(epoch) || !work.runEpoch(epoch)) break;
    const ended = work.control.meet(job.threads, () => {
      work.control.nextChunk = 0;
      parentPort!.postMessage(work.totals(epoch));
    });
    if (!ended) break;
  }
  parentPort!.postMessage("left");
});
