/** Keys are relative and "/"-separated; one that could leave the root is none. */
import { SegueError } from "../system/index.js";

/** Whether it can be one: no segment of it is empty, "." or "..", and it holds no backslash and no NUL. */
export function isKey(key: string): boolean {
  return !/[\\\0]/.test(key) && !key.split("/").some((part) => part === "" || part === "." || part === "..");
}

/** @throws SegueError where it can be none */
export function checkKey(key: string): void {
  if (!isKey(key))
    throw new SegueError(`invalid key ${JSON.stringify(key)}: keys are relative paths such as "runs/a.json"`);
}
