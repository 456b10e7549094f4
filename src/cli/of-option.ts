/** Which option an error is about: a path alone does not say where it was typed. */
import { errorAbout, explainDiskError, SegueError } from "../system/index.js";

/**
 * Does the work, and names the option in whatever message it ends with, where that does not name it already.
 *
 * @param option as it is typed: "--output"
 * @throws what the work throws
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

/** As `ofOption`, where the option was given: what goes wrong without it is not about it. */
export async function ofGiven<T>(option: string, value: unknown, work: () => T | Promise<T>): Promise<T> {
  return value === undefined ? work() : ofOption(option, work);
}
