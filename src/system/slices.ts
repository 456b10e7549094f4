/**
 * Long work on the thread that timers and signals need: written as generators that yield every few milliseconds, and then run in one
 * go, or in slices with turns for everybody else between them.
 */

/** Work that yields where it may be interrupted, and returns its result. */
export type Steps<T> = Generator<void, T, void>;

/** Milliseconds between two turns of timers and signals. */
const SLICE = 15;

/** Runs all steps without a break. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * Runs the steps, with turns for timers and signals between them.
 *
 * @throws the signal's reason when it is aborted; the steps' own `finally` has run then
 */
export async function inSlices<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  const turns = new Turns(signal);
  try {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      if (turns.due) await turns.take();
    }
  } finally {
    steps.return(undefined as T);
  }
}

/**
 * The promise's result, unless the signal is aborted first: then its reason, while what was promised goes on by itself and its
 * failure is nobody's.
 */
export async function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** When others are to have their turn. */
export class Turns {
  #until: number;

  /** @param every milliseconds between two turns; default: 15 */
  constructor(
    readonly signal?: AbortSignal,
    readonly every = SLICE,
  ) {
    this.#until = performance.now() + every;
  }

  get due(): boolean {
    return performance.now() >= this.#until;
  }

  /** Lets timers and signals run. @throws the signal's reason when it is aborted */
  async take(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.signal?.throwIfAborted();
    this.#until = performance.now() + this.every;
  }
}

/** Cuts `from` … `to` - 1 into pieces of `size`: of simple work on numbers, so many take less than a millisecond or two. */
export function* blocks(from: number, to: number, size = 65_536): Generator<readonly [number, number], void> {
  for (let at = from; at < to; at += size) yield [at, Math.min(to, at + size)];
}

/** `target.set(source, at)` in steps: a large copy takes long because memory is touched for the first time. */
export function* copySteps<T extends Uint32Array | Float32Array>(target: T, source: T, at = 0): Steps<void> {
  for (const [from, to] of blocks(0, source.length, 1 << 20)) {
    target.set(source.subarray(from, to), at + from);
    yield;
  }
}
