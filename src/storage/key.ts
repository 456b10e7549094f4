/** Keys are relative and "/"-separated; one that could leave the root is refused. */
import { SegueError } from "../system/index.js";

/** @throws SegueError where a segment is empty, "." or "..", or the key holds a backslash or NUL. */
export function checkKey(key: string): void {
  const bad =
    key === "" ||
    /[\\\0]/.test(key) ||
    key.split("/").some((segment) => segment === "" || segment === "." || segment === "..");
  if (bad)
    throw new SegueError(`invalid key ${JSON.stringify(key)}: keys are relative paths such as "runs/a.json"`);
}
