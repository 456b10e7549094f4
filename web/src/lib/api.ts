/** Requests to the studio's server. An error has a one-sentence message and a hint. */
import type { StudyState } from "../../../src/studio/study/study.js";
import { repeat } from "./repeat.js";

export interface Track {
  readonly id: string;
  readonly artist?: string;
  readonly title: string;
}

/** The title and, to distinguish tracks of the same title, the artist. */
export const nameOf = ({ title, artist }: Track) => (artist ? `${title} by ${artist}` : title);

export class ApiError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** The server cannot be reached, or its answer broke off. */
export class NoAnswer extends ApiError {
  constructor() {
    super("The studio's server does not answer.", "Start it again: segue studio …");
  }
}

/**
 * Requests JSON; with a body, by POST.
 *
 * @throws ApiError if the server refuses or the response breaks off; the signal's reason, even while the body arrives
 */
export async function ask<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      signal,
      ...(body === undefined
        ? {}
        : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
  } catch {
    signal?.throwIfAborted();
    throw new NoAnswer();
  }
  const answer = await response.json().catch(() => {
    signal?.throwIfAborted();
    if (response.ok) throw new NoAnswer();
  });
  if (response.ok) return answer as T;
  throw new ApiError(answer?.error ?? `The server answered ${response.status}.`, answer?.hint);
}

/**
 * Polls until the study is ready or has failed, and passes each state to `show`. An unreachable server is shown as a failure, and polling
 * continues. Returns a function that stops it.
 */
export function follow<T>(path: string, show: (state: StudyState<T>) => void): () => void {
  return repeat(async (signal) => {
    try {
      const state = await ask<StudyState<T>>(path, undefined, signal);
      show(state);
      return state.state === "working";
    } catch (error) {
      const { message, hint } = error as ApiError;
      if (!signal.aborted) show({ state: "failed", message, hint });
      return true;
    }
  }, 500);
}
