/** Finds the files for paths and globs. */
import type { Stats } from "node:fs";
import { access, constants, readdir, realpath, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { NamedFile } from "../../../system/index.js";
import {
  messageOf,
  misuse,
  notTwice,
  SegueError,
  shellWord,
  sqlString,
  standardInput,
  withDuckDb,
} from "../../../system/index.js";
import type { InputForm } from "./forms.js";
import { naturalOrder } from "./natural-order.js";
import { type ArchiveMember, memberPath, memberStream, membersOf } from "./zip-archive.js";

export interface InputFile extends NamedFile {
  readonly bytes: number;
  /** What it is in an archive. */
  readonly member?: ArchiveMember;
  /** Its form, if it is known already: opening a file in an archive takes a while. */
  readonly form?: InputForm | undefined;
  /** Whether it can be read only once, from start to end. */
  readonly pipe?: boolean;
}

/**
 * Paths keep their order; the matches of a glob (`*`, `?`, `[a-z]`, `**`) are in natural order, so that slice 2000 follows slice
 * 1000. A file given twice is read once, even under two names. A zip archive's name may be followed by a path or glob of files in
 * it: `data.zip/lists/*.csv`.
 *
 * @param options `pipes`: whether to accept pipes, and "-" for standard input; default: false
 * @throws SegueError code "missing-input" if a path or glob matches no file; (misuse) if one is a folder, or a pipe that is not
 *   accepted
 */
export async function findInputs(
  inputs: readonly string[],
  { pipes = false }: { readonly pipes?: boolean } = {},
): Promise<InputFile[]> {
  if (inputs.length === 0) throw misuse("no input given", "name at least one file of playlists");
  const found = new Map<string, InputFile>();
  const take = async (path: string, facts: Stats) => {
    // Standard input is a socket if a Node program has started this one.
    const pipe = facts.isFIFO() || facts.isSocket();
    // Files are inspected before they are read, which a pipe does not allow.
    if (!(facts.isFile() || (pipe && pipes))) throw notTwice(path, pipe ? "a pipe" : "a device");
    const self = pipe ? path : await realpath(path);
    if (!found.has(self)) found.set(self, { path, bytes: facts.size, ...(pipe && { pipe }) });
  };
  const archives: Archives = new Map();
  for (const named of inputs) {
    const input = named === "-" && pipes ? standardInput : named;
    const facts = await stat(input).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "EACCES") throw unreadable(input, error);
      return undefined;
    });
    if (facts?.isDirectory())
      throw misuse(`${input} is a folder`, await insteadOf(input.replace(/(?<=.)\/+$/, "")));
    if (facts !== undefined) {
      await take(input, facts);
      continue;
    }
    if (input === "-") throw notTwice(input, "a pipe");
    const matches = isGlob(input) && !isAddress(input) ? await glob(input) : [];
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
          hint: holdsLine(archives.get(archiveIn(input)?.archive ?? "") ?? []) ?? pathRemedy(input),
          code: "missing-input",
        },
      );
    for (const path of matches) await take(path, await stat(path));
  }
  // A pipe as standard input is open already, even if another user's.
  const opened = [...found.values()].filter(({ path, pipe }) => !(pipe && path === standardInput));
  for (const path of new Set(opened.map(({ path, member }) => member?.archive ?? path)))
    await access(path, constants.R_OK).catch((cause: unknown) => {
      throw unreadable(path, cause, `chmod +r ${shellWord(path)}`);
    });
  return [...found.values()];
}

/** Whether it begins like an address: s3://bucket. Paths with two slashes in a row are rare, and no path begins so. */
const isAddress = (path: string) => /^[a-z][a-z\d+.-]+:\/\//i.test(path);

/** Advice for a path that leads to no file. */
function pathRemedy(path: string): string {
  if (isAddress(path)) return "only files on this machine are read: copy it here, and pass its path";
  if (/^~[^/]*\//.test(path))
    return "the shell replaces ~ only at the beginning of a word and without quotes: write $HOME";
  return "check the path; relative paths start from the folder you are in";
}

/** @param remedy the command to run; default: for folders that cannot be entered */
function unreadable(path: string, cause: unknown, remedy = "chmod +x on the folders above it"): SegueError {
  return new SegueError(`${path} is not readable by this user`, {
    hint: `change its permissions: ${remedy}`,
    code: "unreadable-input",
    cause,
  });
}

/** The usual extensions of files of playlists, as a pattern. */
export const usualEndings = "csv|tsv|tab|psv|txt|jsonl?|ndjson|parquet|pq|m3u8?|pls|xspf|jspf|xml|nml";
export const usualEnding = new RegExp(`\\.(${usualEndings})(\\.gz)?$`, "i");

/** What to pass instead of a folder: a glob that fits, or an archive, of which only the files with playlists are read. */
async function insteadOf(folder: string): Promise<string> {
  const glob = (await globIn(folder)) ?? "/*.csv";
  const archive = shellWord(`${basename(resolve(folder))}.zip`);
  return `name its files, for example with a glob: ${shellWord(folder + glob)}; or, if an archive was unpacked there, pass that, or pack it again: zip -r ${archive} ${shellWord(folder)}`;
}

/** A glob for the extension of the first file that seems to hold playlists: "/*.m3u8", with `/**` in front if it is in a folder within. */
async function globIn(folder: string, depth = 0): Promise<string | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  entries.sort((a, b) => naturalOrder(a.name, b.name));
  const ending = entries.map(({ name }) => usualEnding.exec(name)?.[0]).find((each) => each !== undefined);
  if (ending !== undefined) return `${depth === 0 ? "" : "/**"}/*${ending}`;
  // As deep as an archive of Google's, and not through a whole disk.
  if (depth === 3) return undefined;
  for (const entry of entries) {
    const found = entry.isDirectory() ? await globIn(join(folder, entry.name), depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

const isGlob = (input: string) => /[*?[]/.test(input);

// Node 20 has no stable glob, but DuckDB does.
async function glob(pattern: string): Promise<string[]> {
  const rows = await withDuckDb({ threads: 1 }, (database) =>
    database.rows<{ file: string }>(`SELECT file FROM glob(${sqlString(pattern)})`),
  ).catch((error: unknown) => {
    if (!/invalid unicode/i.test(messageOf(error))) throw error;
    throw new SegueError(`a file that ${pattern} matches has a name that is not UTF-8`, {
      hint: "rename it; such names are listed by: find . | grep -axv '.*'",
      code: "unreadable-input",
      cause: error,
    });
  });
  return rows.map((row) => row.file).sort(naturalOrder);
}

/** A file in an archive as an input. */
export const memberFile = (member: ArchiveMember): InputFile => ({
  path: memberPath(member),
  bytes: member.entry.uncompressedSize,
  member,
  open: () => memberStream(member),
});

/** The files in each archive opened so far, by its path. */
type Archives = Map<string, readonly ArchiveMember[]>;

/** Splits "data.zip/lists/*.csv" into the archive and the path or glob in it. */
function archiveIn(input: string): { readonly archive: string; readonly inner: string } | undefined {
  const [, archive, inner] = /^(.*?\.zip)\/+(.+)$/i.exec(input) ?? [];
  return archive === undefined || inner === undefined ? undefined : { archive, inner };
}

/** The files in archives that match a path or glob: "data.zip/lists/*.csv", "data*.zip/lists/*.csv". */
async function membersNamed(input: string, archives: Archives): Promise<ArchiveMember[]> {
  const named = archiveIn(input);
  if (named === undefined) return [];
  const { archive, inner } = named;
  const isThere = archives.has(archive) || (await stat(archive).catch(() => undefined))?.isFile();
  const paths = isThere ? [archive] : isGlob(archive) ? await glob(archive) : [];
  const found: ArchiveMember[][] = [];
  for (const path of paths) {
    const members = archives.get(path) ?? (await membersOf(path));
    archives.set(path, members);
    const exact = members.find(({ entry }) => entry.fileName === inner);
    const pattern = globPattern(inner);
    found.push(exact ? [exact] : members.filter(({ entry }) => pattern.test(entry.fileName)));
  }
  return found.flat();
}

/** A hint that names the files in an archive, after a path in it was not found. */
function holdsLine(members: readonly ArchiveMember[]): string | undefined {
  if (members.length === 0) return undefined;
  const names = members.slice(0, 5).map(({ entry }) => entry.fileName);
  const more = members.length > names.length ? ` and ${members.length - names.length} more` : "";
  return `in ${members[0]!.archive} are: ${names.join(", ")}${more}`;
}

/** A glob as a regular expression: `*` and `?` do not match "/", `**` does. */
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
    // An invalid range such as [z-a] matches nothing.
    return /^\b$/;
  }
}
