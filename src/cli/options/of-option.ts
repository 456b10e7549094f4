/** Names the option in error messages: a path alone does not say which one it belongs to. */
import { errorAbout, explainDiskError, SegueError } from "../../system/index.js";

/**
 * Does the work, and adds the option to its error message unless that names it already.
 *
 * @param option as typed: "--output"
 * @throws whatever the work throws
 */
export async function ofOption<T>(option: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const explained = explainDiskError(error);
    if (!(explained instanceof SegueError) || explained.message.includes(option)) throw explained;
    throw errorAbout(option, explained);
  }
}

/** As `ofOption`, but only if the option was given (`value` is defined). */
export async function ofGiven<T>(option: string, value: unknown, work: () => T | Promise<T>): Promise<T> {
  return value === undefined ? work() : ofOption(option, work);
}
