/** Asks the studio's server. What goes wrong comes as one sentence with what to do. */
import { repeat } from "./repeat.js";

export interface Track {
  readonly id: string;
  readonly artist?: string;
  readonly title: string;
}

/** The title and, to tell equal ones apart, the artist. */
export const nameOf = ({ title, artist }: Track) => (artist ? `${title} by ${artist}` : title);

export class ApiError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * The answer as JSON; a body is sent by POST.
 *
 * @throws ApiError if the server refuses, or its answer breaks off; the signal's reason if it is aborted, also during the answer
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
    throw noAnswer();
  }
  const answer = await response.json().catch(() => {
    signal?.throwIfAborted();
    if (response.ok) throw noAnswer();
  });
  if (response.ok) return answer as T;
  throw new ApiError(answer?.error ?? `The server answered ${response.status}.`, answer?.hint);
}

const noAnswer = () => new ApiError("The studio's server does not answer.", "Start it again: segue studio …");

/** Says "working" until a study of the playlists is ready. */
export type StudyState<T> =
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "working"; readonly task: string; readonly share?: number }
  | { readonly state: "none" | "failed"; readonly message: string; readonly hint?: string };

/**
 * Asks again and again until the study is ready or failed; `show` sees each state, and a server that does not answer as a
 * failure, until it does. Returns how to stop.
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
