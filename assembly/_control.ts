/**
 * Synchronises the threads of a training through shared words, laid out as in src/track2vec/kernel/control.ts, which the thread that
 * started the training reads. If memory is not shared, only one thread works, and nothing here waits.
 */
const NEXT_CHUNK: usize = 0;
const STOP: usize = 4;
const ARRIVED: usize = 8;
const GENERATION: usize = 12;
/** Per shard: the last round in which it was claimed, for training and for planning. */
export const TRAIN: usize = 32;
export const PLAN: usize = 64;

/** How often a thread polls before it sleeps: about 20 µs, longer than most waits. */
const LOOKS: u32 = 80_000;
/** How long it sleeps at a time, in nanoseconds. */
const NAP: i64 = 50_000_000;

let words: usize = 0;
let thread: u32 = 0;
let threads: u32 = 1;

export function setThread(words_: usize, thread_: u32, threads_: u32): void {
  words = words_;
  thread = thread_;
  threads = threads_;
}

/** This thread's number, from 0. */
export function ownNumber(): u32 {
  return thread;
}

export function threadCount(): u32 {
  return threads;
}

export function isStopped(): bool {
  return atomic.load<u32>(words, STOP) != 0;
}

/** Takes the next free chunk. */
export function takeChunk(): u32 {
  return atomic.add<u32>(words, 1, NEXT_CHUNK);
}

export function setNextChunk(chunk: u32): void {
  atomic.store<u32>(words, chunk, NEXT_CHUNK);
}

/**
 * Claims one of the `shards` shards of a round, which are in descending order of work; -1 if all are taken. Each thread first takes its own
 * shards, the same ones every round so that their copies stay in its cache, and then helps the others.
 *
 * @param task TRAIN or PLAN
 * @param round a unique number
 */
export function claim(task: usize, round: u32, shards: u32): i32 {
  let place = thread;
  for (let first: u32 = 0; first < shards; first += threads) {
    const shard = first + place;
    if (shard < shards && isClaimed(task, round, shard)) return <i32>shard;
    place = threads - 1 - place;
  }
  for (let shard = <i32>shards - 1; shard >= 0; shard--) {
    if (isClaimed(task, round, shard)) return shard;
  }
  return -1;
}

/** Claims the shard; false if another thread has it already. */
// @ts-ignore: decorator
@inline
function isClaimed(task: usize, round: u32, shard: u32): bool {
  const word = words + task + (<usize>shard << 2);
  const before = atomic.load<u32>(word);
  return before != round && atomic.cmpxchg<u32>(word, before, round) == before;
}

/** How often all threads have met. Read it before `isLast`, and pass it to `awaitMeeting`. */
export function meetings(): i32 {
  return atomic.load<i32>(words, GENERATION);
}

/** Registers this thread; true if all others have arrived. It then does what must precede their continuing, and calls `letGo`. */
export function isLast(): bool {
  if (atomic.add<u32>(words, 1, ARRIVED) != threads - 1) return false;
  atomic.store<u32>(words, 0, ARRIVED);
  return true;
}

export function letGo(): void {
  atomic.add<i32>(words, 1, GENERATION);
  atomic.notify(words + GENERATION);
}

/** Waits until all have arrived; `meeting` is the earlier result of `meetings`. False if the training was stopped meanwhile. */
export function awaitMeeting(meeting: i32): bool {
  for (let look: u32 = 0; look < LOOKS; look++) {
    if (atomic.load<i32>(words, GENERATION) != meeting) return !isStopped();
  }
  while (atomic.load<i32>(words, GENERATION) == meeting && !isStopped()) {
    atomic.wait<i32>(words + GENERATION, meeting, NAP);
  }
  return !isStopped();
}
