/** The words through which the threads of one training, and the thread that started them, agree on what to do next. */

const NEXT_CHUNK = 0;
const STOP = 1;
const ARRIVED = 2;
const GENERATION = 3;
const GO_EPOCH = 4;
/** The most shards of a round, and so the most threads of the deterministic mode. */
export const MOST_SHARDS = 8;
/** By shard: the round in which it was last claimed. */
const CLAIMS = { train: 8, plan: 8 + MOST_SHARDS };
const WORDS = 8 + 2 * MOST_SHARDS;

/** How often a thread looks before it sleeps: on the order of 20 µs, longer than most waits. */
const LOOKS = 4000;

export class Control {
  readonly #words: Int32Array;

  constructor(readonly buffer: SharedArrayBuffer | ArrayBuffer = Control.allocate()) {
    this.#words = new Int32Array(buffer);
  }

  static allocate(shared = typeof SharedArrayBuffer !== "undefined"): SharedArrayBuffer | ArrayBuffer {
    return shared ? new SharedArrayBuffer(WORDS * 4) : new ArrayBuffer(WORDS * 4);
  }

  /** Takes the next chunk that nobody works on. */
  takeChunk(): number {
    return Atomics.add(this.#words, NEXT_CHUNK, 1);
  }

  /**
   * Claims one of the `shards` shards of a round, which lie in falling order of the work they are; -1 where all are taken. A thread
   * has shards of its own, the same ones every round, so that their copies stay in its cache, and helps the others when it is done.
   *
   * @param round a number that no other round has
   */
  claim(task: keyof typeof CLAIMS, round: number, shards: number, thread: number, threads: number): number {
    for (let first = 0, place = thread; first < shards; first += threads, place = threads - 1 - place) {
      const shard = first + place;
      if (shard < shards && this.#claims(CLAIMS[task] + shard, round)) return shard;
    }
    for (let shard = shards - 1; shard >= 0; shard--) {
      if (this.#claims(CLAIMS[task] + shard, round)) return shard;
    }
    return -1;
  }

  #claims(word: number, round: number): boolean {
    const before = Atomics.load(this.#words, word);
    // The words are of 32 bits.
    const now = round | 0;
    return before !== now && Atomics.compareExchange(this.#words, word, before, now) === before;
  }

  get nextChunk(): number {
    return Atomics.load(this.#words, NEXT_CHUNK);
  }

  set nextChunk(chunk: number) {
    Atomics.store(this.#words, NEXT_CHUNK, chunk);
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, STOP) !== 0;
  }

  /** Tells every thread to leave, those that wait too. */
  stop(): void {
    Atomics.store(this.#words, STOP, 1);
    Atomics.notify(this.#words, GENERATION);
    Atomics.notify(this.#words, GO_EPOCH);
  }

  /**
   * Waits until all `threads` are here; the last one to come runs `last` before any goes on.
   *
   * @returns false when the training was stopped meanwhile
   */
  meet(threads: number, last: () => void): boolean {
    return this.await(this.arrive(threads, last));
  }

  /** The first half of `meet`: what is done before `await` is done while others may still be on their way. */
  arrive(threads: number, last: () => void): number {
    const generation = Atomics.load(this.#words, GENERATION);
    if (Atomics.add(this.#words, ARRIVED, 1) === threads - 1) {
      Atomics.store(this.#words, ARRIVED, 0);
      last();
      Atomics.add(this.#words, GENERATION, 1);
      Atomics.notify(this.#words, GENERATION);
    }
    return generation;
  }

  /** The second half: `generation` is what `arrive` returned. */
  await(generation: number): boolean {
    for (let look = 0; look < LOOKS; look++) {
      if (Atomics.load(this.#words, GENERATION) !== generation) return !this.stopped;
    }
    while (Atomics.load(this.#words, GENERATION) === generation && !this.stopped) {
      Atomics.wait(this.#words, GENERATION, generation, 50);
    }
    return !this.stopped;
  }

  /** Lets the threads start epoch number `epoch` and all before it. */
  startEpoch(epoch: number): void {
    if (Atomics.load(this.#words, GO_EPOCH) > epoch) return;
    Atomics.store(this.#words, GO_EPOCH, epoch + 1);
    Atomics.notify(this.#words, GO_EPOCH);
  }

  /** Waits until epoch number `epoch` may start; false when the training was stopped. */
  awaitEpoch(epoch: number): boolean {
    for (;;) {
      if (this.stopped) return false;
      const go = Atomics.load(this.#words, GO_EPOCH);
      if (go > epoch) return true;
      Atomics.wait(this.#words, GO_EPOCH, go, 50);
    }
  }
}
