/**
 * The words in the kernel's memory through which the threads of one training agree on what to do next (assembly/_control.ts), and the
 * thread that started them with them.
 */

const NEXT_CHUNK = 0;
const STOP = 1;
const GENERATION = 3;
const GO_EPOCH = 4;
/** The most shards of a round, and so the most threads of the deterministic mode. */
export const MOST_SHARDS = 8;
/** Eight words for all, and by shard the rounds in which it was last claimed: to be trained, to be planned. */
export const CONTROL_BYTES = 4 * (8 + 2 * MOST_SHARDS);

export class Control {
  readonly #words: Int32Array;

  /** @param at where the words begin in a memory: `layout.control` */
  constructor(memory: WebAssembly.Memory, at: number) {
    this.#words = new Int32Array(memory.buffer, at, CONTROL_BYTES / 4);
  }

  /** Of the current epoch: chunks before it have been taken. */
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
