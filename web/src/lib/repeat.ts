/**
 * Calls `step`, and again `pause` milliseconds after each time that it answers true. Returns how to stop, which aborts the
 * signal that `step` is given.
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
