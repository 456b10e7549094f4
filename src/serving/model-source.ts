/** Where models come from, and the watch that notices a new one. */
import type { Answerer } from "./answers/question.js";
import type { ServedModel } from "./answers/served-model.js";
import type { ThreadsOptions } from "./answers/threads.js";

export interface ModelSource {
  /** For messages: the folder. */
  readonly place: string;
  /** A short text that changes when there is something new to open; cheap enough to ask every second. */
  fingerprint(): Promise<string>;
  /** Opens and checks the model; throws where it is not whole. */
  open(): Promise<ServedModel>;
  /** As `open`, in threads of its own. */
  openBeside?(hooks: Omit<ThreadsOptions, "threads">): Promise<Answerer>;
}

/** The longest pause between two tries to open a model that could not be opened, in milliseconds. */
const longestPause = 60_000;

/**
 * Calls `onChange` when the fingerprint has become another one. Where that fails it calls it again, each time after twice as long: a
 * bundle that is copied into its place has its fingerprint before all of its files are there.
 *
 * @param milliseconds between two looks
 * @param last the fingerprint before the model was opened that answers now; undefined where there was none
 * @returns how to stop
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
  const look = async () => {
    // Between two versions the pointer may be missing for a moment: that is no change yet.
    const now = await source.fingerprint().catch(() => undefined);
    const changed = now !== undefined && last !== undefined && now !== last;
    last = now ?? last;
    if (changed || (failed !== undefined && performance.now() >= failed.until)) {
      const pause = changed ? milliseconds : Math.min(longestPause, 2 * failed!.pause);
      failed = await onChange().then(
        () => undefined,
        () => ({ pause, until: performance.now() + pause }),
      );
    }
    if (!stopped) timer = setTimeout(() => void look(), milliseconds).unref();
  };
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
