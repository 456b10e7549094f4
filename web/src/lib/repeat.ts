/**
 * Calls `step`, and again `pause` milliseconds after each call that returns true. Returns a function that stops this and aborts the signal
 * of `step`.
 */
export function repeat(step: (signal: AbortSignal) => Promise<boolean>, pause: number): () => void {
  const stop = new AbortController();
  const next = async () => {
    if ((await step(stop.signal)) && !stop.signal.aborted)
      setTimeout(() => !stop.signal.aborted && void next(), pause);
  };
  void next();
  return () => stop.abort();
}
