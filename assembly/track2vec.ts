/**
 * The training kernel of track2vec: skip-gram and CBOW, with negative sampling and hierarchical softmax, over one linear
 * memory that all threads share. Each thread has its own instance of this module and so its own globals.
 *
 * The work is small matrix products, as in Ji, Satish, Li & Dubey, "Parallelizing Word2Vec in Shared and Distributed Memory"
 * (2016, arXiv 1604.04661), who share negatives across a window; here up to 128 consecutive windows share them (see _group.ts).
 *
 * A chunk of the corpus is processed in two passes. The plan (_plan.ts) makes all random draws; the second pass (_train.ts) finds the rows
 * and computes. With `local`, the shards of a round are planned before any is trained, and none changes what another reads (_copies.ts),
 * which makes the result independent of the number of threads. The order of chunks is in _schedule.ts.
 *
 * The module is built with and without fused multiply-add (relaxed SIMD). Each build gives the same bits on every machine; the two differ
 * in the last bits.
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
