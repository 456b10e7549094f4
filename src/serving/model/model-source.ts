/** Where models come from, and watching for new ones. */
import type { Answerer } from "../answers/question.js";
import type { ServedModel } from "../answers/served-model.js";
import type { ThreadsOptions } from "../answers/threads.js";

export interface ModelSource {
  /** The path, for messages. */
  readonly place: string;
  /** A short text that changes when there is a new model; cheap enough to ask every second. */
  fingerprint(): Promise<string>;
  /** Opens and checks the model; throws if it is damaged. */
  open(): Promise<ServedModel>;
  /** Like `open`, in worker threads. */
  openBeside?(hooks: Omit<ThreadsOptions, "threads">): Promise<Answerer>;
}

/** The longest pause between attempts to open a damaged model, in milliseconds. */
const longestPause = 60_000;
/** How long a fingerprint may be missing, in milliseconds: the pointer may be, for a moment, between two versions. */
const moment = 1000;

/**
 * Calls `onChange` when the fingerprint changes, or is missing for longer than a moment: opening the model then says why. If `onChange`
 * fails it is retried, doubling the wait each time up to a minute: a bundle that is still being copied already has its new fingerprint.
 *
 * @param milliseconds the interval between checks
 * @param last the fingerprint from before the current model was opened; undefined if there was none
 * @returns a function that stops watching
 */
export function watchSource(
  source: Pick<ModelSource, "fingerprint">,
  milliseconds: number,
  onChange: () => Promise<unknown>,
  last: string | undefined,
): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let failed: { readonly pause: number; readonly until: number } | undefined;
  let missing = 0;
  const look = async () => {
    const now = await source.fingerprint().catch(() => undefined);
    missing = now === undefined ? missing + 1 : 0;
    const changed = missing === 2 || (now !== undefined && last !== undefined && now !== last);
    last = now ?? last;
    if (changed || (failed !== undefined && performance.now() >= failed.until)) {
      const pause = changed ? milliseconds : Math.min(longestPause, 2 * failed!.pause);
      failed = await onChange().then(
        () => undefined,
        () => ({ pause, until: performance.now() + pause }),
      );
    }
    const pause = missing === 1 ? Math.min(milliseconds, moment) : milliseconds;
    if (!stopped) timer = setTimeout(() => void look(), pause).unref();
  };
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
