/** Explains file system errors: a full disk, no permission, a folder instead of a file. */
import { dirname } from "node:path";
import { withoutMark } from "../files/leftovers.js";
import { messageOf, SegueError } from "./errors.js";

const reasons: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOSPC: ["the disk is full", "free some space, or name a place on another disk"],
  EDQUOT: ["the disk quota is used up", "free some space, or name a place on another disk"],
  EFBIG: [
    "the file would be larger than allowed",
    "raise the limit (ulimit -f), or name a place on another disk",
  ],
  EACCES: ["permission denied", "name another place, or change its permissions"],
  EPERM: ["permission denied", "name another place, or change its permissions"],
  EROFS: ["the file system is read-only", "name another place"],
  EISDIR: ["it is a folder", "name a file"],
  ENOTDIR: ["a parent in its path is a file, not a folder", "check the path"],
  EEXIST: ["it is a file, not a folder", "name another place, or move that file away"],
  ENOENT: ["there is no such file or folder", "check the path"],
  ENAMETOOLONG: ["its name is too long", "use a shorter one"],
  EBUSY: ["it is mounted there, or in use", "try again, or name another place"],
  EIO: ["the disk or the network drive failed", "check it, or name a place on another one"],
  ESTALE: ["the network drive has changed underneath", "mount it again, or name a place on another disk"],
  EMFILE: ["too many files are open", "raise the limit: ulimit -n 4096"],
};

/** Errors of Linux for which Node has no name. */
const unnamed: Readonly<Record<string, string>> = {
  "Unknown system error -116": "ESTALE",
  "Unknown system error -122": "EDQUOT",
};

/** For a relative path where there is nothing that it could start from. */
const gone = [
  "the folder that you are in has been removed",
  "go to one that exists: cd /path/to/folder",
] as const;

/** For `mkdir` failing with ENOENT although the parent exists, as in /proc. */
const noFolders = ["no folder can be created there", "name another place"] as const;

/**
 * Turns an error of the file system (from Node or DuckDB) into a `SegueError`; returns any other as it is.
 *
 * @param place the file or folder to name; default: the one that the error names. Of one in a temporary folder, its parent is named
 */
export function explainDiskError(error: unknown, place?: string): unknown {
  if (error instanceof SegueError) return error;
  const code = codeOf(error);
  const { path, dest, syscall } = (error ?? {}) as Partial<NodeJS.ErrnoException> & { dest?: string };
  if (syscall === "uv_cwd") return new SegueError(gone[0], { hint: gone[1], code: "disk", cause: error });
  const reason =
    code === "ENOENT" && syscall === "mkdir" ? noFolders : code === undefined ? undefined : reasons[code];
  if (reason === undefined) return error;
  // Users do not know the random name of a temporary folder, only its parent.
  const named = place ?? dest ?? (syscall === "mkdtemp" && path !== undefined ? dirname(path) : path);
  const at = named && withoutMark(named);
  const [what, hint] = reason;
  return new SegueError(at === undefined ? what : `cannot use ${at}: ${what}`, {
    hint,
    code: "disk",
    cause: error,
  });
}

/** Sockets and processes have EACCES and EPERM, too; their callers explain those. */
const fileCalls = new Set(
  "access chmod close copyfile fsync ftruncate link lstat mkdir mkdtemp open opendir read readlink realpath rename rm rmdir scandir sendfile stat symlink unlink write".split(
    " ",
  ),
);

function codeOf(error: unknown): string | undefined {
  const { code, syscall } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  if (typeof code === "string") {
    if (syscall === undefined || !fileCalls.has(syscall)) return undefined;
    return code === "EEXIST" && syscall !== "mkdir" ? undefined : (unnamed[code] ?? code);
  }
  const message = messageOf(error);
  if (!/^(IO|Permission) Error/i.test(message)) return undefined;
  if (/no space left on device/i.test(message)) return "ENOSPC";
  if (/disk quota exceeded/i.test(message)) return "EDQUOT";
  if (/file too large/i.test(message)) return "EFBIG";
  if (/permission denied/i.test(message)) return "EACCES";
  return undefined;
}
