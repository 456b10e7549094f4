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

/** Calls `onChange` when the fingerprint has become another one. Looks every `milliseconds`; returns how to stop. */
export function watchSource(
  source: ModelSource,
  milliseconds: number,
  onChange: () => Promise<unknown>,
): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let last: string | undefined;
  const look = async () => {
    // Between two versions the pointer may be missing for a moment: that is no change yet.
    const now = await source.fingerprint().catch(() => undefined);
    if (now !== undefined && last !== undefined && now !== last) await onChange().catch(() => {});
    last = now ?? last;
    if (!stopped) timer = setTimeout(() => void look(), milliseconds).unref();
  };
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
