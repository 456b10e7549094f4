/** Checks the arguments of `recommend`: each context and its last track. Not every track, so that the check is cheap. */
import { asWritten, misuse, requireWithin, wholeNumber } from "../../../system/index.js";
import type { Context } from "../../contract.js";

const askable = wholeNumber(1);

/** @throws SegueError (misuse) if k is not an integer ≥ 1 */
export function checkK(k: number): void {
  requireWithin(askable, "k", k, "Ask for 20, say.");
}

/** @throws SegueError (misuse) if k is not an integer ≥ 1, or the contexts are not a list of contexts */
export function checkQuestion(contexts: readonly Context[], k: number): void {
  checkK(k);
  if (!Array.isArray(contexts))
    throw misuse(
      `contexts must be a list, got ${asWritten(contexts)}`,
      "Put one context into a list: [context].",
    );
  for (let i = 0; i < contexts.length; i++) checkContext(contexts[i], `contexts[${i}]`);
}

/**
 * @param name what messages call it
 * @throws SegueError (misuse) if its tracks are not a list of strings, or its title is not a string
 */
export function checkContext(context: Context, name = "the context"): void {
  if (!Array.isArray(context?.tracks))
    throw misuse(
      `${name} must have a list of tracks, got ${asWritten(context)}`,
      'A context is { tracks: ["Artist-Track", …] }, optionally with title: "…"; tracks may be [].',
    );
  const { tracks, title } = context;
  const last: unknown = tracks.at(-1);
  if (tracks.length > 0 && typeof last !== "string")
    throw misuse(
      `the tracks of ${name} must be ids, got ${asWritten(last)}`,
      'An id is text: "Artist-Track".',
    );
  if (title !== undefined && typeof title !== "string")
    throw misuse(
      `the title of ${name} must be text, got ${asWritten(title)}`,
      "Leave it out if there is none.",
    );
}
