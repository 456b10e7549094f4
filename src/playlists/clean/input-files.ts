/** Finds the files that paths and globs name. */
import type { Stats } from "node:fs";
import { access, constants, readdir, realpath, stat } from "node:fs/promises";
import { misuse, notTwice, SegueError, sqlString, withDuckDb } from "../../system/index.js";
import { naturalOrder } from "./natural-order.js";
import type { NamedFile } from "./text-source.js";
import { type ArchiveMember, memberPath, membersOf } from "./zip-archive.js";

export interface InputFile extends NamedFile {
  readonly bytes: number;
  /** It can be read once, from its beginning to its end. */
  readonly pipe?: boolean;
}

/**
 * Paths stay in the order they are given; what a glob matches (`*`, `?`, `[a-z]`, `**`) comes in natural order, so that
 * slice 2000 follows slice 1000. A file named twice is read once, whichever names it goes by. Behind a zip archive's name stands a
 * path or glob of files in it: `data.zip/lists/*.csv`.
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
  const archives: Archives = new Map();
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
    const matches = isGlob(input) ? await glob(input) : [];
    const members = matches.length === 0 ? await membersNamed(input, archives) : [];
    for (const member of members) {
      const file = memberFile(member);
      const self = `${await realpath(member.archive)}/${member.entry.fileName}`;
      if (!found.has(self)) found.set(self, file);
    }
    if (matches.length === 0 && members.length === 0)
      throw new SegueError(
        isGlob(input) ? `no file matches ${input}` : `there is no file ${input === "" ? '""' : input}`,
        {
          hint:
            holdsLine(archives.get(archiveIn(input)?.archive ?? "") ?? []) ??
            "check the path; relative paths start from the folder you are in",
          code: "missing-input",
        },
      );
    for (const path of matches) await take(path, await stat(path));
  }
  for (const path of new Set([...found.values()].map(({ path, member }) => member?.archive ?? path)))
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
export const usualEndings = "csv|tsv|tab|psv|txt|jsonl?|ndjson|parquet|pq|m3u8?|pls|xspf|jspf|xml|nml";
export const usualEnding = new RegExp(`\\.(${usualEndings})(\\.gz)?$`, "i");

/** The ending of a file in the folder that looks as if it held playlists: ".m3u8", ".csv.gz". */
async function endingIn(folder: string): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).sort();
  return names.map((name) => usualEnding.exec(name)?.[0]).find((each) => each !== undefined) ?? ".csv";
}

const isGlob = (input: string) => /[*?[]/.test(input);

// Node 20 has no stable glob of its own; DuckDB has.
async function glob(pattern: string): Promise<string[]> {
  const rows = await withDuckDb({ threads: 1 }, (database) =>
    database.rows<{ file: string }>(`SELECT file FROM glob(${sqlString(pattern)})`),
  );
  return rows.map((row) => row.file).sort(naturalOrder);
}

/** A file in an archive, as an input. */
export const memberFile = (member: ArchiveMember): InputFile => ({
  path: memberPath(member),
  bytes: member.entry.uncompressedSize,
  member,
});

/** What is in each archive that has been looked into, by its path. */
type Archives = Map<string, readonly ArchiveMember[]>;

/** "data.zip/lists/*.csv": the archive, and what is meant of it. */
function archiveIn(input: string): { readonly archive: string; readonly inner: string } | undefined {
  const [, archive, inner] = /^(.*?\.zip)\/+(.+)$/i.exec(input) ?? [];
  return archive === undefined || inner === undefined ? undefined : { archive, inner };
}

/** The files in archives that a path or glob names: "data.zip/lists/*.csv", of all data*.zip where that is a glob, too. */
async function membersNamed(input: string, archives: Archives): Promise<ArchiveMember[]> {
  const named = archiveIn(input);
  if (named === undefined) return [];
  const { archive, inner } = named;
  const isThere = archives.has(archive) || (await stat(archive).catch(() => undefined))?.isFile();
  const paths = isThere ? [archive] : isGlob(archive) ? await glob(archive) : [];
  const found: ArchiveMember[] = [];
  for (const path of paths) {
    const members = archives.get(path) ?? (await membersOf(path));
    archives.set(path, members);
    const exact = members.find(({ entry }) => entry.fileName === inner);
    const pattern = globPattern(inner);
    found.push(...(exact ? [exact] : members.filter(({ entry }) => pattern.test(entry.fileName))));
  }
  return found;
}

/** What is in an archive, for who has looked for something else in it. */
function holdsLine(members: readonly ArchiveMember[]): string | undefined {
  if (members.length === 0) return undefined;
  const names = members.slice(0, 5).map(({ entry }) => entry.fileName);
  const more = members.length > names.length ? ` and ${members.length - names.length} more` : "";
  return `in ${members[0]!.archive} are: ${names.join(", ")}${more}`;
}

/** What a glob matches, as of files: `*` and `?` stop at folders, `**` does not. */
function globPattern(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|\*|\?|\[!?[^\]]+\]|[\\^$.|+()[\]{}]/g, (token) => {
    if (token === "**/") return "(?:.*/)?";
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    return token.length > 1 ? token.replace("[!", "[^").replaceAll("\\", "\\\\") : `\\${token}`;
  });
  try {
    return new RegExp(`^${source}$`, "su");
  } catch {
    // Such as [z-a].
    return /^\b$/;
  }
}
