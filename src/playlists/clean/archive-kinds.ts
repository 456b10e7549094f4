/**
 * Which files of an archive are read where it is given as a whole. The data that Spotify and Google give people holds playlists beside
 * histories, libraries and much that is no music: files of one kind are taken, as if they had been unpacked and named by a glob.
 */
import { extname } from "node:path";
import { SegueError, shellWord } from "../../system/index.js";
import type { CleanOptions } from "./clean-playlists.js";
import { headerBelow } from "./csv-header.js";
import { formOf, type InputForm, isArchive, isSpreadsheet } from "./forms.js";
import { type InputFile, memberFile, usualEnding } from "./input-files.js";
import { isOfColumns } from "./match-columns.js";
import { fieldNames } from "./row-writer.js";
import { type Head, readHead } from "./text-source.js";
import { membersOf, spreadsheet, unzipCommand } from "./zip-archive.js";

/** Files that can be read together: of one form, and with the same fields or the same keys. */
interface Kind {
  readonly form?: InputForm;
  /** Whether there seem to be tracks in them. */
  readonly isMusic: boolean;
  /** Why none of them can be read. */
  readonly error?: SegueError;
  readonly files: InputFile[];
}

type KindOptions = Pick<CleanOptions, "format" | "mapping" | "escape" | "encoding" | "sessionGap">;

/**
 * Puts the files to read in the place of each archive among the inputs.
 *
 * @returns the files, and where some are left out, a line that says so and how to choose
 * @throws SegueError where an archive is damaged or a spreadsheet, or nothing in it can be read
 */
export async function filesOfArchives(
  inputs: readonly InputFile[],
  options: KindOptions,
): Promise<{ readonly files: InputFile[]; readonly notes: string[] }> {
  const membersByInput = new Map<InputFile, InputFile[]>();
  for (const input of inputs)
    if (input.member === undefined && (await isArchive(input)))
      membersByInput.set(input, await membersIn(input));
  const archives = [...membersByInput.keys()].map(({ path }) => path);
  if (archives.length === 0) return { files: [...inputs], notes: [] };
  const members = [...membersByInput.values()].flat();
  const kinds = await kindsOf(members, options);
  const [chosen, ...others] = kinds.sort(byPromise(options));
  if (chosen === undefined) throw nothingIn(archives, members);
  const note = others.length === 0 ? undefined : noteOn(archives, chosen, others);
  const notes = note === undefined ? [] : [note];
  if (chosen.error !== undefined) throw explainMembers(chosen.error, [], notes);
  const isChosen = new Set(chosen.files);
  const files = inputs.flatMap(
    (input) => membersByInput.get(input)?.filter((file) => isChosen.has(file)) ?? [input],
  );
  const paths = new Set<string>();
  return {
    // An archive and a file of it may both be named.
    files: files.filter(({ path }) => !paths.has(path) && paths.add(path)),
    notes,
  };
}

async function membersIn(input: InputFile): Promise<InputFile[]> {
  try {
    return (await membersOf(input.path)).map(memberFile);
  } catch (error) {
    // Of a torn one the first bytes still tell.
    throw isSpreadsheet((await readHead(input)).head) ? spreadsheet(input.path) : error;
  }
}

/**
 * The same error with what there is to say where its file lies in an archive: that no command which its hint names could read it
 * there, and what was left out, since the choice may have been wrong.
 */
export function explainMembers<Thrown>(
  error: Thrown,
  files: readonly InputFile[],
  notes: readonly string[],
): Thrown | SegueError {
  if (!(error instanceof SegueError)) return error;
  const { message, hint, exitCode, code, cause } = error;
  const inHint = files.find(({ path, member }) => member !== undefined && hint?.includes(path))?.member;
  const unpack =
    inHint && `other commands read no file in an archive; unpack it first: ${unzipCommand(inHint.archive)}`;
  const more = [unpack, ...notes].filter((line) => line !== undefined);
  if (more.length === 0) return error;
  return new SegueError(message, {
    hint: [...(hint === undefined ? [] : [hint]), ...more].join("\n"),
    exitCode,
    ...(code !== undefined && { code }),
    cause,
  });
}

/** What is none of playlists, and yet to be told of: it is why an archive holds none. */
const foreignEnding = /\.(html?|xlsx?|ods|zip)$/i;

async function kindsOf(files: readonly InputFile[], options: KindOptions): Promise<Kind[]> {
  const kinds = new Map<string, Kind>();
  for (const file of files) {
    if (!usualEnding.test(file.path) && !foreignEnding.test(file.path)) continue;
    const { key, ...kind } = await kindOf(file, options);
    const before = kinds.get(key);
    if (before === undefined) kinds.set(key, { ...kind, files: [file] });
    else before.files.push(file);
  }
  return [...kinds.values()];
}

async function kindOf(
  file: InputFile,
  options: KindOptions,
): Promise<Omit<Kind, "files"> & { readonly key: string }> {
  try {
    const read = await readHead(file);
    const form = formOf(read, file.path);
    if (form === "csv") return { form, ...csvKind(read, file.path, options) };
    if (form === "json") return { form, ...jsonKind(read, options) };
    return { form, isMusic: true, key: form };
  } catch (error) {
    // Left out without a word it would be missing among its like.
    if (!(error instanceof SegueError) || passed.has(error.code)) throw error;
    return { isMusic: false, error, key: `${extname(file.path)} ${error.code}` };
  }
}

const passed = new Set<string | undefined>(["damaged", "cut-short", "encrypted"]);

/** By the fields that its columns hold, whatever they are called; where these are not known, by the columns. */
function csvKind(
  { head, utf16 }: Head,
  path: string,
  { encoding, mapping, escape: style, sessionGap }: KindOptions,
) {
  const isLatin = encoding === "latin-1" && utf16 === undefined;
  const text = head.toString(isLatin ? "latin1" : "utf8").replace(/^\ufeff/, "");
  const lines = text.split("\n", 22);
  const options = {
    playlist: "",
    needsTime: Boolean(sessionGap),
    ...(mapping && { mapping }),
    ...(style && { escape: style }),
  };
  try {
    const found = headerBelow(
      lines.map((line) => Buffer.from(line)),
      1,
      path,
      options,
    );
    if (found !== undefined)
      return { isMusic: true, key: `csv ${fieldNames.filter((_, i) => found.header.held[i] !== undefined)}` };
  } catch (error) {
    if (!isOfColumns(error)) throw error;
  }
  return { isMusic: false, key: `csv? ${lines.find((line) => line.trim() !== "")}` };
}

/** By the keys that come first: those of a play where it is a list, else that of what holds all. */
function jsonKind({ head }: Head, { mapping = {} }: KindOptions) {
  const text = head
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .trimStart();
  const keys = new Set([...text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:/g)].map(([, key]) => key!));
  const first = [...keys].slice(0, text.startsWith("[") ? 3 : 1);
  // In the history of YouTube, what was searched for looks as what was watched.
  const isSearch = text.includes("youtube.com/results?search_query=");
  const isMapped = Object.values(mapping).some((column) => keys.has(column.replace(/^.*\./, "")));
  const isMusic = !isSearch && (isMapped || [...keys].some((key) => usualKeys.test(key)));
  return { isMusic, key: `json ${isSearch} ${text[0]} ${first.join(" ")}` };
}

const usualKeys = /artist|track|song|creator|subtitles/i;

/** What is most likely meant stands first: what has music in it, and is most, as histories are. */
function byPromise({ format = "auto" }: KindOptions) {
  const rank = ({ form, isMusic }: Kind) =>
    (isMusic ? 1 : 0) + (format !== "auto" && form === format ? 2 : 0);
  const bytes = ({ files }: Kind) => files.reduce((sum, file) => sum + file.bytes, 0);
  return (a: Kind, b: Kind) => rank(b) - rank(a) || bytes(b) - bytes(a);
}

/** So many kinds that are not read are named. */
const shown = 4;

function noteOn(archives: readonly string[], chosen: Kind, others: readonly Kind[]): string {
  const nameOf = (path: string) => (archives.length === 1 ? path.slice(archives[0]!.length + 1) : path);
  const described = ({ files }: Kind) => {
    const globs = new Set(files.map(({ path }) => globOf(nameOf(path))));
    const first = nameOf(files[0]!.path);
    if (files.length === 1) return first;
    return globs.size === 1 ? [...globs][0]! : `${first} and ${files.length - 1} of its kind`;
  };
  const count = (kinds: readonly Kind[]) => kinds.reduce((sum, { files }) => sum + files.length, 0);
  const left = others.slice(0, shown).map(described).join(", ");
  const more = others.length > shown ? ` and ${count(others.slice(shown))} more` : "";
  // A table may hold tracks whatever its columns are called; of other data that names none nobody need be told how to read it.
  const other = others.find(({ isMusic, form }) => isMusic || form === "csv");
  const example = other && (other.files.length === 1 ? other.files[0]!.path : globOf(other.files[0]!.path));
  const remedy = example === undefined ? "" : `; to read others, name them: ${shellWord(example)}`;
  const where = archives.length === 1 ? archives[0]! : `${archives.length} archives`;
  return `of ${where} is read: ${described(chosen)}; left out: ${left}${more}${remedy}`;
}

/** Files that differ in digits alone are parts of one thing: "StreamingHistory_music_*.json". */
const globOf = (path: string) => path.replace(/\d[\d-]*(?=[^/]*$)/g, "*");

function nothingIn(archives: readonly string[], members: readonly InputFile[]): SegueError {
  const path = archives.join(", ");
  if (members.length === 0)
    return new SegueError(`${path} is empty: there is no file in it`, {
      hint: "was it downloaded or exported completely?",
      code: "empty-input",
    });
  return new SegueError(`${path} holds no playlists: nothing in it is called as their files are`, {
    hint: `was it the right one of those you were given? In it are: ${members
      .slice(0, shown)
      .map(({ member }) => member!.entry.fileName)
      .join(", ")}${members.length > shown ? ` and ${members.length - shown} more` : ""}`,
    code: "foreign",
  });
}
