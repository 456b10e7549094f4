/** Which parameter an error is about: a path alone does not say where it was named. */
import { errorAbout, isSegueError } from "../../system/index.js";

/** For `catch`: throws the error on, and names the parameter in its message. */
export function ofParameter(name: string): (error: unknown) => never {
  return (error) => {
    if (!isSegueError(error)) throw error;
    throw errorAbout(name, error);
  };
}
