/**
 * The words in the kernel's memory that coordinate the threads of a training (assembly/_control.ts) with each other and with the
 * thread that started them.
 */

const NEXT_CHUNK = 0;
const STOP = 1;
const GENERATION = 3;
const GO_EPOCH = 4;
/** The maximum number of shards per round, and so of threads in deterministic mode. */
export const MOST_SHARDS = 8;
/** Eight common words, and for each shard the rounds in which it was last claimed for training and for planning. */
export const CONTROL_BYTES = 4 * (8 + 2 * MOST_SHARDS);

export class Control {
  readonly #words: Int32Array;

  /** @param at where the words begin in a memory: `layout.control` */
  constructor(memory: WebAssembly.Memory, at: number) {
    this.#words = new Int32Array(memory.buffer, at, CONTROL_BYTES / 4);
  }

  /** The first chunk of the current epoch that no thread has taken. */
  get nextChunk(): number {
    return Atomics.load(this.#words, NEXT_CHUNK);
  }

  set nextChunk(chunk: number) {
    Atomics.store(this.#words, NEXT_CHUNK, chunk);
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, STOP) !== 0;
  }

  /** Tells every thread to leave, including waiting ones. */
  stop(): void {
    Atomics.store(this.#words, STOP, 1);
    Atomics.notify(this.#words, GENERATION);
    Atomics.notify(this.#words, GO_EPOCH);
  }

  /** Lets the threads start epoch `epoch` and all before it. */
  startEpoch(epoch: number): void {
    if (Atomics.load(this.#words, GO_EPOCH) > epoch) return;
    Atomics.store(this.#words, GO_EPOCH, epoch + 1);
    Atomics.notify(this.#words, GO_EPOCH);
  }

  /** Waits until epoch `epoch` may start; false if the training was stopped. */
  awaitEpoch(epoch: number): boolean {
    for (;;) {
      if (this.stopped) return false;
      const go = Atomics.load(this.#words, GO_EPOCH);
      if (go > epoch) return true;
      Atomics.wait(this.#words, GO_EPOCH, go, 50);
    }
  }
}
