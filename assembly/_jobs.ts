/**
 * Jobs in parts that several threads share: one opens a job and takes parts like everybody else, helpers take parts of whatever is open. Who
 * takes which part is left to chance; parts must be such that it does not matter. A helper that is not there is not waited for.
 *
 * The words lie in the memory that all share, in the order below; behind them are the job's arguments.
 */
const JOB: usize = 0;
const NEXT_PART: usize = 4;
const DONE: usize = 8;
const PARTS: usize = 12;
const TASK: usize = 16;
const STOP: usize = 20;
const ARGUMENTS: usize = 64;

/** A number of a part that no job has. */
const CLOSED: u32 = 0x40000000;
/** How often a thread looks before it sleeps: on the order of 50 µs. */
const LOOKS: u32 = 150_000;
/** Nanoseconds that it sleeps before it looks again. */
const NAP: i64 = 20_000_000;

let words: usize = 0;

export function setJobs(at: usize): void {
  words = at;
}

/** Before the arguments of a new job are written: a helper on its way finds nothing to take. */
export function openJob(): void {
  atomic.store<u32>(words, CLOSED, NEXT_PART);
}

export function setArgument(number: usize, value: u32): void {
  store<u32>(words + ARGUMENTS + (number << 2), value);
}

export function argument(number: usize): u32 {
  return load<u32>(words + ARGUMENTS + (number << 2));
}

/** Once the arguments are written: calls helpers to it. */
export function startJob(task: u32, parts: u32): void {
  atomic.store<u32>(words, task, TASK);
  atomic.store<u32>(words, parts, PARTS);
  atomic.store<u32>(words, 0, DONE);
  atomic.store<u32>(words, 0, NEXT_PART);
  atomic.add<u32>(words, 1, JOB);
  atomic.notify(words + JOB);
}

export function task(): u32 {
  return atomic.load<u32>(words, TASK);
}

export function partCount(): u32 {
  return atomic.load<u32>(words, PARTS);
}

/** A part that nobody has taken, -1 where all are. */
export function takePart(): i32 {
  const part = atomic.add<u32>(words, 1, NEXT_PART);
  return part < partCount() ? <i32>part : -1;
}

export function endPart(): void {
  if (atomic.add<u32>(words, 1, DONE) + 1 == partCount()) atomic.notify(words + DONE);
}

/**
 * Waits until all parts of the job are done. Nothing is kept in a variable across `atomic.wait`: where this was inlined, V8 11.3's first
 * compiler lost it there, and the wait had no end.
 */
export function awaitParts(): void {
  for (let look: u32 = 0; look < LOOKS; look++) if (atomic.load<u32>(words, DONE) == partCount()) return;
  for (;;) {
    const done = atomic.load<u32>(words, DONE);
    if (done == partCount()) return;
    atomic.wait<i32>(words + DONE, <i32>done, NAP);
  }
}

/** Waits for another job than number `seen`; its number, or -1 when there will be none. */
export function awaitJob(seen: i32): i32 {
  let job = atomic.load<i32>(words, JOB);
  for (let look: u32 = 0; job == seen && atomic.load<u32>(words, STOP) == 0; look++) {
    if (look > LOOKS) atomic.wait<i32>(words + JOB, seen, NAP);
    job = atomic.load<i32>(words, JOB);
  }
  return atomic.load<u32>(words, STOP) == 0 ? job : -1;
}

/** Where a part of `count` things begins. */
// @ts-ignore: decorator
@inline
export function startOf(part: u32, parts: u32, count: u32): u32 {
  return <u32>((<u64>count * part) / parts);
}
