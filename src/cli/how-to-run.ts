/** The options that say how steps are run, of the verbs that run them. */
import { Option } from "commander";
import { misuse } from "../system/index.js";

/** --with, to be read by `retryOf`. */
export const withOption = (more = ""): Option =>
  new Option("--with <decorators...>", `for every step without its own: retry=3${more}`);

export const cacheOption = (): Option =>
  new Option("--cache", "reuse results of earlier runs if code, parameters and inputs are unchanged");

/**
 * How often steps without a retry of their own are tried again: "retry" is three times, the last one counts.
 *
 * @param decorators what --with was given
 * @returns undefined for none
 * @throws SegueError (misuse) for any other decorator
 */
export function retryOf(decorators: readonly string[] = []): number | undefined {
  let retry: number | undefined;
  for (const decorator of decorators) {
    const count = /^retry(?:=(\d+))?$/.exec(decorator);
    if (!count) throw misuse(`--with takes retry or retry=N, not "${decorator}"`);
    retry = Number(count[1] ?? 3);
  }
  return retry;
}
