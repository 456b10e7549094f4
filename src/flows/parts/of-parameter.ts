/** Which parameter an error is about: a path alone does not say where it was named. */
import { isSegueError, SegueError } from "../../system/index.js";

/** For `catch`: throws the error on, and names the parameter in its message. */
export function ofParameter(name: string): (error: unknown) => never {
  return (error) => {
    if (!isSegueError(error)) throw error;
    const { message, hint, exitCode, code } = error;
    throw new SegueError(`${name}: ${message}`, { hint, exitCode, code, cause: error });
  };
}
