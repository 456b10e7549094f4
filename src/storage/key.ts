/** Keys are relative paths with "/" between their parts; one that could lead out of the root is refused. */
import { SegueError } from "../system/index.js";

/** Whether a text can be a key: no part of it is empty, "." or "..", and it holds no backslash and no NUL. */
export function isKey(key: string): boolean {
  return !/[\\\0]/.test(key) && !key.split("/").some((part) => part === "" || part === "." || part === "..");
}

/** @throws SegueError where the text cannot be a key */
export function checkKey(key: string): void {
  if (!isKey(key))
    throw new SegueError(`invalid key ${JSON.stringify(key)}: keys are relative paths such as "runs/a.json"`);
}
