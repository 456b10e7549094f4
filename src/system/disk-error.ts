/** What the system refuses to do with files, said in words: a full disk, no permission, a folder where a file was meant. */
import { dirname } from "node:path";
import { messageOf, SegueError } from "./errors.js";

const reasons: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOSPC: ["the disk is full", "make room, or name a place on another disk"],
  EDQUOT: ["the disk quota is used up", "make room, or name a place on another disk"],
  EFBIG: [
    "the file would be larger than allowed",
    "raise the limit (ulimit -f), or name a place on another disk",
  ],
  EACCES: ["permission denied", "take another place, or change who may use this one"],
  EPERM: ["permission denied", "take another place, or change who may use this one"],
  EROFS: ["the file system is read-only", "name another place"],
  EISDIR: ["it is a folder", "name a file"],
  ENOTDIR: ["what stands before it in the path is a file, not a folder", "check the path"],
  EEXIST: ["what stands there is a file, not a folder", "name another place, or move that file away"],
  ENOENT: ["there is no such file or folder", "check the path"],
  EMFILE: ["too many files are open", "raise the limit: ulimit -n 4096"],
};

/** What `makeFolder` ends with where the folder above is there: of a place such as /proc. */
const noFolders = ["no folder can be made there", "name another place"] as const;

/**
 * The error as a `SegueError`, where it is one of the file system (from Node or from DuckDB); otherwise as it is.
 *
 * @param place the file or folder that the user knows of, where the error names a temporary one
 */
export function explainDiskError(error: unknown, place?: string): unknown {
  if (error instanceof SegueError) return error;
  const code = codeOf(error);
  const { path, dest, syscall } = (error ?? {}) as Partial<NodeJS.ErrnoException> & { dest?: string };
  const reason =
    code === "ENOENT" && syscall === "mkdir" ? noFolders : code === undefined ? undefined : reasons[code];
  if (reason === undefined) return error;
  // The name of a temporary folder says nothing to users: it is the place that they chose.
  const at = place ?? dest ?? (syscall === "mkdtemp" && path !== undefined ? dirname(path) : path);
  const [what, hint] = reason;
  return new SegueError(at === undefined ? what : `cannot use ${at}: ${what}`, {
    hint,
    code: "disk",
    cause: error,
  });
}

/** Sockets and processes have EACCES and EPERM, too; those are told where they are used. */
const fileCalls = new Set(
  "access chmod close copyfile fsync ftruncate link lstat mkdir mkdtemp open opendir read rename rm rmdir scandir sendfile stat symlink unlink write".split(
    " ",
  ),
);

function codeOf(error: unknown): string | undefined {
  const { code, syscall } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  if (typeof code === "string") {
    if (syscall === undefined || !fileCalls.has(syscall)) return undefined;
    return code === "EEXIST" && syscall !== "mkdir" ? undefined : code;
  }
  const message = messageOf(error);
  if (!/^(IO|Permission) Error/i.test(message)) return undefined;
  if (/no space left on device/i.test(message)) return "ENOSPC";
  if (/file too large/i.test(message)) return "EFBIG";
  if (/permission denied/i.test(message)) return "EACCES";
  return undefined;
}
