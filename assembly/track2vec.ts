/**
 * The training kernel of track2vec: skip-gram and CBOW, with negative sampling and hierarchical softmax, over one linear
 * memory that all threads share. Each thread has its own instance of this module and so its own globals.
 *
 * The work is small matrix products, as in Ji, Satish, Li & Dubey, "Parallelizing Word2Vec in Shared and Distributed Memory"
 * (2016, arXiv 1604.04661), who share negatives across a window; here up to 128 windows that follow each other share them (see
 * _group.ts).
 *
 * A chunk of the corpus is worked in two passes. The plan (_plan.ts) draws what is random; the second pass (_train.ts) finds the rows and
 * only computes. With `local` on, the shards of a round are planned before any is trained, and none changes what another reads
 * (_copies.ts): that is what makes the result independent of the number of threads. Which chunk comes when: _schedule.ts.
 *
 * The module is built with and without fused multiply-add (relaxed SIMD). Results are the same bits wherever the same one of the
 * two runs; between them the last bits differ.
 */
export * from "./_front";

export { setThread } from "./_control";
export { initializeRows } from "./_rows";
export {
  addUp,
  clearRound,
  mergeRound,
  openRound,
  planShard,
  runChunk,
  runEpoch,
  runRound,
  setChunks,
  setPlans,
  setShards,
  trainShard,
} from "./_schedule";
export { setMatrices, setOptions, setScratch } from "./_settings";
export * from "./_back";
