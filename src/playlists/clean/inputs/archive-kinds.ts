/**
 * Chooses which files of a whole archive are read. Archives of personal data from Spotify and Google hold playlists beside histories,
 * libraries and much that is not music. Files of one kind are read, as if they had been unpacked and selected by a glob.
 */
import { extname } from "node:path";
import { type Head, readHead, SegueError, shellWord } from "../../../system/index.js";
import type { CleanOptions } from "../clean-playlists.js";
import { usualNames } from "../columns/column-names.js";
import { isOfColumns } from "../columns/match-columns.js";
import { headerBelow } from "../csv/csv-header.js";
import { fieldNames } from "../row-writer.js";
import { type InputForm, isArchive, isSpreadsheet, readForm } from "./forms.js";
import { type InputFile, memberFile, usualEnding } from "./input-files.js";
import { membersOf, spreadsheet, unzipCommand } from "./zip-archive.js";

/** Files that can be read together: of one form, with the same fields or keys. */
interface Kind {
  readonly form?: InputForm;
  /** Whether they seem to hold tracks. */
  readonly isMusic: boolean;
  /** Whether their tracks are in playlists: not a history or a library. */
  readonly isPlaylists?: boolean;
  /** Whether their tracks seem to have times. */
  readonly isTimed?: boolean;
  /** Why they cannot be read. */
  readonly error?: SegueError;
  readonly files: InputFile[];
}

type KindOptions = Pick<CleanOptions, "format" | "mapping" | "escape" | "encoding" | "sessionGap">;

/**
 * Replaces each archive among the inputs by its files to read.
 *
 * @returns the files and, if some were skipped, a line that says so and how to choose
 * @throws SegueError if an archive is damaged or a spreadsheet, or nothing in it can be read
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
    // The inputs may name both an archive and a file in it.
    files: files
      .filter(({ path }) => !paths.has(path) && paths.add(path))
      .map((file) => (isChosen.has(file) ? { ...file, form: chosen.form } : file)),
    notes,
  };
}

async function membersIn(input: InputFile): Promise<InputFile[]> {
  try {
    return (await membersOf(input.path)).map(memberFile);
  } catch (error) {
    // The first bytes identify even a damaged spreadsheet.
    throw isSpreadsheet((await readHead(input)).head) ? spreadsheet(input.path) : error;
  }
}

/**
 * Adds to the hint of an error about archives: that the commands in the hint cannot read a file in an archive, and which files
 * were skipped, since the choice may have been wrong.
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
    inHint &&
    `other commands cannot read files in an archive; unpack it first: ${unzipCommand(inHint.archive)}`;
  const more = [unpack, ...notes].filter((line) => line !== undefined);
  if (more.length === 0) return error;
  return new SegueError(message, {
    hint: [...(hint === undefined ? [] : [hint]), ...more].join("\n"),
    exitCode,
    code,
    cause,
  });
}

/** Files that cannot hold playlists but are mentioned, since they may explain why an archive has none. */
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
    const { form, ...read } = await readForm(file);
    if (form === "csv") return { form, ...csvKind(read, file.path, options) };
    if (form === "json") return { form, ...jsonKind(read, options) };
    return { form, isMusic: true, isPlaylists: true, isTimed: form === "parquet", key: form };
  } catch (error) {
    // A damaged file must not be skipped silently: its kind would be incomplete.
    if (!(error instanceof SegueError) || passed.has(error.code)) throw error;
    return { isMusic: false, error, key: `${extname(file.path)} ${error.code}` };
  }
}

const passed = new Set<string | undefined>(["damaged", "cut-short", "encrypted"]);

/** The kind of a CSV file: by the fields that its columns hold or, if these are unknown, by its header. */
function csvKind(
  { head, utf16 }: Head,
  path: string,
  { encoding, mapping, escape: style, sessionGap }: KindOptions,
) {
  const isLatin = encoding === "latin-1" && utf16 === undefined;
  const text = head.toString(isLatin ? "latin1" : "utf8");
  const lines = text.split("\n", 22);
  const options = {
    playlist: "",
    needsTime: Boolean(sessionGap),
    mapping,
    escape: style,
  };
  try {
    const found = headerBelow(
      lines.map((line) => Buffer.from(line)),
      1,
      path,
      options,
    );
    if (found !== undefined) {
      const held = fieldNames.filter((_, i) => found.header.held[i] !== undefined);
      return { isMusic: true, isPlaylists: held.includes("playlist"), isTimed: true, key: `csv ${held}` };
    }
  } catch (error) {
    if (!isOfColumns(error)) throw error;
  }
  return { isMusic: false, key: `csv? ${lines.find((line) => line.trim() !== "")}` };
}

/** The kind of a JSON file: by the first three keys of a list, or the first key of an object. */
function jsonKind({ head }: Head, { mapping = {} }: KindOptions) {
  const text = head.toString("utf8").trimStart();
  // Every string is matched, also one that is cut off at the end: a search that starts again within it would take quadratic time.
  const strings = text.matchAll(/"((?:[^"\\]|\\.)*)(?:"(\s*:)?|\\?$)/gs);
  const keys = new Set([...strings].flatMap(([, key, colon]) => (colon === undefined ? [] : [key!])));
  const first = [...keys].slice(0, text.startsWith("[") ? 3 : 1);
  // YouTube's search history looks like its watch history.
  const isSearch = text.includes("youtube.com/results?search_query=");
  const isMapped = Object.values(mapping).some((column) => keys.has(column.replace(/^.*\./, "")));
  const isMusic = !isSearch && (isMapped || [...keys].some((key) => usualKeys.test(key)));
  const isPlaylists = isMusic && first[0] === "playlists";
  const isTimed =
    isMusic && [...keys].some((key) => key === mapping.time?.replace(/^.*\./, "") || isTime(key));
  return { isMusic, isPlaylists, isTimed, key: `json ${isSearch} ${text[0]} ${first.join(" ")}` };
}

const usualKeys = /artist|track|song|creator|subtitles/i;
/** "subtitles" are in a history of YouTube, whose key "time" is the length of a track in other files. */
const isTime = (key: string) => key === "subtitles" || usualNames("time").some((isUsual) => isUsual(key));

/**
 * Orders kinds by how likely they are meant: those with music first, then playlists, since a history that is not split at its pauses is
 * a single one, or with a gap those with times, since others cannot be split; then by bytes, since histories are large.
 */
function byPromise({ format = "auto", mapping, sessionGap = 0 }: KindOptions) {
  const isPreferred = ({ isPlaylists, isTimed }: Kind) =>
    sessionGap > 0 || mapping?.time ? isTimed : mapping === undefined && isPlaylists;
  const rank = (kind: Kind) =>
    (kind.isMusic ? 2 : 0) +
    (isPreferred(kind) ? 1 : 0) +
    (format !== "auto" && kind.form === format ? 4 : 0);
  const bytes = ({ files }: Kind) => files.reduce((sum, file) => sum + file.bytes, 0);
  return (a: Kind, b: Kind) => rank(b) - rank(a) || bytes(b) - bytes(a);
}

/** How many skipped kinds or files messages name. */
const shown = 4;

function noteOn(archives: readonly string[], chosen: Kind, others: readonly Kind[]): string {
  const nameOf = (path: string) => (archives.length === 1 ? path.slice(archives[0]!.length + 1) : path);
  const described = ({ files }: Kind) => {
    const globs = new Set(files.map(({ path }) => globOf(nameOf(path))));
    const first = nameOf(files[0]!.path);
    if (files.length === 1) return first;
    return globs.size === 1 ? [...globs][0]! : `${first} and ${files.length - 1} like it`;
  };
  const count = (kinds: readonly Kind[]) => kinds.reduce((sum, { files }) => sum + files.length, 0);
  const left = others.slice(0, shown).map(described).join(", ");
  const more = others.length > shown ? ` and ${count(others.slice(shown))} more` : "";
  // A table may hold tracks whatever its columns are called; other data without music needs no advice.
  const other = others.find(({ isMusic, form }) => isMusic || form === "csv");
  const example = other && (other.files.length === 1 ? other.files[0]!.path : globOf(other.files[0]!.path));
  const remedy = example === undefined ? "" : `; to read others, name them: ${shellWord(example)}`;
  const where = archives.length === 1 ? archives[0]! : `${archives.length} archives`;
  return `read from ${where}: ${described(chosen)}; skipped: ${left}${more}${remedy}`;
}

/** A glob for files whose names differ only in digits: "StreamingHistory_music_*.json". */
function globOf(path: string): string {
  const name = path.lastIndexOf("/") + 1;
  return path.slice(0, name) + path.slice(name).replace(/\d[\d-]*/g, "*");
}

function nothingIn(archives: readonly string[], members: readonly InputFile[]): SegueError {
  const path = archives.join(", ");
  if (members.length === 0)
    return new SegueError(`${path} is empty: there is no file in it`, {
      hint: "was it downloaded or exported completely?",
      code: "empty-input",
    });
  return new SegueError(`${path} holds no playlists: no file in it has a usual extension of one`, {
    hint: `is it the right archive? It has: ${members
      .slice(0, shown)
      .map(({ member }) => member!.entry.fileName)
      .join(", ")}${members.length > shown ? ` and ${members.length - shown} more` : ""}`,
    code: "foreign",
  });
}
