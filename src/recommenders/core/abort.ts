import { SegueError } from "../../system/index.js";

/** Ends the work when its signal was raised. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new SegueError("stopped before the recommender was fitted", { code: "aborted" });
}
