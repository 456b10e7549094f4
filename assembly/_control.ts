/**
 * How the threads of a training agree on what to do next: words that all of them see, laid out as src/track2vec/control.ts has them, where
 * the thread that started the training looks at them. Where memory is not shared one thread works, and none of this waits.
 */
const NEXT_CHUNK: usize = 0;
const STOP: usize = 4;
const ARRIVED: usize = 8;
const GENERATION: usize = 12;
/** By shard: the round in which it was last claimed, to be trained and to be planned. */
export const TRAIN: usize = 32;
export const PLAN: usize = 64;

/** How often a thread looks before it sleeps: on the order of 20 µs, longer than most waits. */
const LOOKS: u32 = 80_000;
/** Nanoseconds that it sleeps before it looks again. */
const NAP: i64 = 50_000_000;

let words: usize = 0;
let thread: u32 = 0;
let threads: u32 = 1;

export function setThread(words_: usize, thread_: u32, threads_: u32): void {
  words = words_;
  thread = thread_;
  threads = threads_;
}

/** This thread's number, and how many there are. */
export function ownNumber(): u32 {
  return thread;
}

export function threadCount(): u32 {
  return threads;
}

export function isStopped(): bool {
  return atomic.load<u32>(words, STOP) != 0;
}

/** Takes the next chunk that nobody works on. */
export function takeChunk(): u32 {
  return atomic.add<u32>(words, 1, NEXT_CHUNK);
}

export function setNextChunk(chunk: u32): void {
  atomic.store<u32>(words, chunk, NEXT_CHUNK);
}

/**
 * Claims one of the `shards` shards of a round, which lie in falling order of the work they are; -1 where all are taken. A thread has shards
 * of its own, the same ones every round, so that their copies stay in its cache, and helps the others when it is done.
 *
 * @param task TRAIN or PLAN
 * @param round a number that no other round has
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

/** Whether this thread is the first to ask for it. */
// @ts-ignore: decorator
@inline
function isClaimed(task: usize, round: u32, shard: u32): bool {
  const word = words + task + (<usize>shard << 2);
  const before = atomic.load<u32>(word);
  return before != round && atomic.cmpxchg<u32>(word, before, round) == before;
}

/** How often all threads have met: what `awaitMeeting` is to be told, read before `isLast`. */
export function meetings(): i32 {
  return atomic.load<i32>(words, GENERATION);
}

/** Whether all threads but this one are here: it then does what is to be done before any goes on, and lets them go. */
export function isLast(): bool {
  if (atomic.add<u32>(words, 1, ARRIVED) != threads - 1) return false;
  atomic.store<u32>(words, 0, ARRIVED);
  return true;
}

export function letGo(): void {
  atomic.add<i32>(words, 1, GENERATION);
  atomic.notify(words + GENERATION);
}

/** Waits until all are here, `meeting` being what `meetings` has told before; false when the training was stopped meanwhile. */
export function awaitMeeting(meeting: i32): bool {
  for (let look: u32 = 0; look < LOOKS; look++) {
    if (atomic.load<i32>(words, GENERATION) != meeting) return !isStopped();
  }
  while (atomic.load<i32>(words, GENERATION) == meeting && !isStopped()) {
    atomic.wait<i32>(words + GENERATION, meeting, NAP);
  }
  return !isStopped();
}
