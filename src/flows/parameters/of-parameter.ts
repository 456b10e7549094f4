/** Adds the parameter to an error: a path alone does not say where it came from. */
import { errorAbout, isSegueError } from "../../system/index.js";

/** For `catch`: rethrows the error with the parameter's name in its message. */
export function ofParameter(name: string): (error: unknown) => never {
  return (error) => {
    if (!isSegueError(error)) throw error;
    throw errorAbout(name, error);
  };
}
