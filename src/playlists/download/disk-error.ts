/** Errors of the disk, told apart from those of the network and said in words. */
import { messageOf, SegueError } from "../../system/index.js";

export function isDiskError(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === "ENOSPC" || (syscall !== undefined && diskCalls.includes(syscall) && code !== "EPIPE");
}

const diskCalls = ["open", "write", "mkdir", "rename"];

/** The error as a `SegueError` about `path`, where it is one of the disk; otherwise as it is. */
export function explainDiskError(error: unknown, path: string): unknown {
  if (error instanceof SegueError || !isDiskError(error)) return error;
  const full = (error as NodeJS.ErrnoException).code === "ENOSPC";
  return new SegueError(
    full ? `the disk is full: cannot write ${path}` : `cannot write ${path}: ${messageOf(error)}`,
    {
      hint: "make room, or name another place with --to",
      code: "disk",
      cause: error,
    },
  );
}
