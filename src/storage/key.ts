/** Keys are relative paths with "/" between their parts; a key that could lead out of the root is refused. */
import { SegueError } from "../system/index.js";

/** Whether a string is a valid key: no part is empty, "." or "..", and there is no backslash or NUL. */
export function isKey(key: string): boolean {
  return !/[\\\0]/.test(key) && !key.split("/").some((part) => part === "" || part === "." || part === "..");
}

/** @throws SegueError if the key is invalid */
export function checkKey(key: string): void {
  if (!isKey(key))
    throw new SegueError(`invalid key ${JSON.stringify(key)}: keys are relative paths such as "runs/a.json"`);
}
