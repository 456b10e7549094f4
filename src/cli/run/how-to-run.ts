/** Options of the verbs that run steps. */
import { Option } from "commander";
import { misuse } from "../../system/index.js";

/** --with; `retryOf` interprets its values. */
export const withOption = (more = ""): Option =>
  new Option("--with <decorators...>", `for every step without its own: retry=3${more}`);

export const cacheOption = (): Option =>
  new Option("--cache", "reuse results of earlier runs if code, parameters and inputs are unchanged");

/**
 * The number of retries for steps without their own setting: "retry" means three; the last decorator wins.
 *
 * @param decorators the values of --with
 * @returns undefined if there are none
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
