/**
 * Jobs whose parts several threads share: one thread opens a job and takes parts like its helpers, which take parts of any open job. The
 * result must not depend on which thread takes a part. Absent helpers are not waited for.
 *
 * The words are in shared memory, in the order below; the job's arguments follow them.
 */
const JOB: usize = 0;
const NEXT_PART: usize = 4;
const DONE: usize = 8;
const PARTS: usize = 12;
const TASK: usize = 16;
const STOP: usize = 20;
const ARGUMENTS: usize = 64;

/**
 * The next part is in the lower bits of its word, the number of parts in the upper ones. A thread reads both at once: between two reads
 * another job could begin, and the thread would take a part that it does not have.
 */
const PART_BITS: u32 = 16;
/** How often a thread polls before it sleeps: about 50 µs. */
const LOOKS: u32 = 150_000;
/** How long it sleeps at a time, in nanoseconds. */
const NAP: i64 = 20_000_000;

let words: usize = 0;

export function setJobs(at: usize): void {
  words = at;
}

/** To be called before the arguments of a new job are written, so that a late helper finds no part. */
export function openJob(): void {
  atomic.store<u32>(words, 0, NEXT_PART);
}

export function setArgument(number: usize, value: u32): void {
  store<u32>(words + ARGUMENTS + (number << 2), value);
}

export function argument(number: usize): u32 {
  return load<u32>(words + ARGUMENTS + (number << 2));
}

/** To be called once the arguments are written: wakes the helpers. */
export function startJob(task: u32, parts: u32): void {
  atomic.store<u32>(words, task, TASK);
  atomic.store<u32>(words, parts, PARTS);
  atomic.store<u32>(words, 0, DONE);
  atomic.store<u32>(words, parts << PART_BITS, NEXT_PART);
  atomic.add<u32>(words, 1, JOB);
  atomic.notify(words + JOB);
}

export function task(): u32 {
  return atomic.load<u32>(words, TASK);
}

export function partCount(): u32 {
  return atomic.load<u32>(words, PARTS);
}

/** Takes the next free part; -1 if there is none. */
export function takePart(): i32 {
  const taken = atomic.add<u32>(words, 1, NEXT_PART);
  const part = taken & ((1 << PART_BITS) - 1);
  return part < taken >> PART_BITS ? <i32>part : -1;
}

export function endPart(): void {
  if (atomic.add<u32>(words, 1, DONE) + 1 == partCount()) atomic.notify(words + DONE);
}

/**
 * Waits until all parts of the job are done. No variable is kept across `atomic.wait`: when this was inlined, V8 11.3's baseline compiler
 * lost its value, and the wait never ended.
 */
export function awaitParts(): void {
  for (let look: u32 = 0; look < LOOKS; look++) if (atomic.load<u32>(words, DONE) == partCount()) return;
  for (;;) {
    const done = atomic.load<u32>(words, DONE);
    if (done == partCount()) return;
    atomic.wait<i32>(words + DONE, <i32>done, NAP);
  }
}

/** Waits for a job other than number `seen`; returns its number, or -1 if there will be none. */
export function awaitJob(seen: i32): i32 {
  let job = atomic.load<i32>(words, JOB);
  for (let look: u32 = 0; job == seen && atomic.load<u32>(words, STOP) == 0; look++) {
    if (look > LOOKS) atomic.wait<i32>(words + JOB, seen, NAP);
    job = atomic.load<i32>(words, JOB);
  }
  return atomic.load<u32>(words, STOP) == 0 ? job : -1;
}

/** The first of `count` items that belongs to a part. */
// @ts-ignore: decorator
@inline
export function startOf(part: u32, parts: u32, count: u32): u32 {
  return <u32>((<u64>count * part) / parts);
}
