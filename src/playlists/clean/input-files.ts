/** Finds the files that paths and globs name. */
import type { Stats } from "node:fs";
import { access, constants, readdir, realpath, stat } from "node:fs/promises";
import { misuse, notTwice, SegueError, sqlString, withDuckDb } from "../../system/index.js";

export interface InputFile {
  readonly path: string;
  readonly bytes: number;
  /** It can be read once, from its beginning to its end. */
  readonly pipe?: boolean;
}

/**
 * Paths stay in the order they are given; what a glob matches (`*`, `?`, `[a-z]`, `**`) comes in natural order, so that
 * slice 2000 follows slice 1000. A file named twice is read once, whichever names it goes by.
 *
 * @param options `pipes`: whether pipes are taken, too, and "-" for standard input; default false
 * @throws SegueError code "missing-input" where a path or glob names no file; (misuse) where one is a folder, or a pipe that
 *   is not taken
 */
export async function findInputs(
  inputs: readonly string[],
  { pipes = false }: { readonly pipes?: boolean } = {},
): Promise<InputFile[]> {
  if (inputs.length === 0) throw misuse("no input given", "name at least one file of playlists");
  const found = new Map<string, InputFile>();
  const take = async (path: string, facts: Stats) => {
    // Standard input is a socket where a program in Node has started this one.
    const pipe = facts.isFIFO() || facts.isSocket();
    // What holds rows is looked at before it is read, which a pipe does not allow.
    if (!(facts.isFile() || (pipe && pipes))) throw notTwice(path, pipe ? "a pipe" : "a device");
    const self = pipe ? path : await realpath(path);
    if (!found.has(self)) found.set(self, { path, bytes: facts.size, ...(pipe && { pipe }) });
  };
  for (const named of inputs) {
    const input = named === "-" && pipes ? "/dev/stdin" : named;
    const facts = await stat(input).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "EACCES") throw unreadable(input, error);
      return undefined;
    });
    if (facts?.isDirectory())
      throw misuse(
        `${input} is a folder`,
        `name its files, for example with a glob: '${input.replace(/\/$/, "")}/*${await endingIn(input)}'`,
      );
    if (facts !== undefined) {
      await take(input, facts);
      continue;
    }
    if (input === "-") throw notTwice(input, "a pipe");
    const matches = /[*?[]/.test(input) ? await glob(input) : [];
    if (matches.length === 0)
      throw new SegueError(
        /[*?[]/.test(input) ? `no file matches ${input}` : `there is no file ${input === "" ? '""' : input}`,
        {
          hint: "check the path; relative paths start from the folder you are in",
          code: "missing-input",
        },
      );
    for (const path of matches) await take(path, await stat(path));
  }
  for (const { path } of found.values())
    await access(path, constants.R_OK).catch((cause: unknown) => {
      throw unreadable(path, cause, `chmod +r ${path}`);
    });
  return [...found.values()];
}

/** @param remedy the command that changes it; default: of a folder above it */
function unreadable(path: string, cause: unknown, remedy = "chmod +x on the folders above it"): SegueError {
  return new SegueError(`${path} may not be read by this user`, {
    hint: `change who may read it: ${remedy}`,
    code: "unreadable-input",
    cause,
  });
}

/** How the names of files that hold playlists mostly end, as a pattern. */
export const usualEndings = "csv|tsv|txt|jsonl?|parquet|m3u8?|pls|xspf|jspf|xml|nml";
export const usualEnding = new RegExp(`\\.(${usualEndings})(\\.gz)?$`, "i");

/** The ending of a file in the folder that looks as if it held playlists: ".m3u8", ".csv.gz". */
async function endingIn(folder: string): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).sort();
  return names.map((name) => usualEnding.exec(name)?.[0]).find((each) => each !== undefined) ?? ".csv";
}

// Node 20 has no stable glob of its own; DuckDB has.
async function glob(pattern: string): Promise<string[]> {
  const rows = await withDuckDb({ threads: 1 }, (database) =>
    database.rows<{ file: string }>(`SELECT file FROM glob(${sqlString(pattern)})`),
  );
  const natural = new Intl.Collator("en", { numeric: true });
  return rows.map((row) => row.file).sort((a, b) => natural.compare(a, b) || (a < b ? -1 : 1));
}
