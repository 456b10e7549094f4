/**
 * Long work on the main thread, written as generators that yield every few milliseconds. It runs in one go, or in slices that let
 * the event loop handle timers and signals in between.
 */

/** Work that yields where it may be interrupted, then returns its result. */
export type Steps<T> = Generator<void, T, void>;

/** Milliseconds of work between two turns of the event loop. */
const SLICE = 15;

/** Runs all steps without a break. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * Runs the steps, letting the event loop take turns between them.
 *
 * @throws the signal's reason if it is aborted, after the steps' `finally` blocks
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
 * Waits for the promise, or throws the signal's reason if it is aborted first. The promised work then continues, and its failure
 * is ignored.
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

/** Decides when the event loop gets a turn. */
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

  /** Lets timers and signals run. @throws the signal's reason if it is aborted */
  async take(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.signal?.throwIfAborted();
    this.#until = performance.now() + this.every;
  }
}

/** Splits `from` … `to` - 1 into blocks of `size`. Simple work on the default 65,536 numbers takes at most a millisecond or two. */
export function* blocks(from: number, to: number, size = 65_536): Generator<readonly [number, number], void> {
  for (let at = from; at < to; at += size) yield [at, Math.min(to, at + size)];
}

/** `target.set(source, at)` in steps: a large copy is slow because it touches memory for the first time. */
export function* copySteps<T extends Uint32Array | Float32Array>(target: T, source: T, at = 0): Steps<void> {
  for (const [from, to] of blocks(0, source.length, 1 << 20)) {
    target.set(source.subarray(from, to), at + from);
    yield;
  }
}
