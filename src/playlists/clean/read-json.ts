/**
 * Reads JSON that is neither slices nor sequences: playlists in other words, or rows, as an array, as one object, or as an object
 * a line. The first one tells which of the two the file holds.
 */
import { misuse, SegueError, shellWord } from "../../system/index.js";
import type { ColumnMapping } from "./column-mapping.js";
import { usualNames } from "./column-names.js";
import { asSequence, isObject } from "./json-playlist.js";
import { keysOf, type Reject, rowReader } from "./json-rows.js";
import { isOfColumns } from "./match-columns.js";
import type { PlayTimes } from "./play-times.js";
import { addSequence, parseLine } from "./read-sequences.js";
import type { Rejects } from "./rejects.js";
import type { RowWriter } from "./row-writer.js";
import { linesOf, type TextSource, wholeText } from "./text-source.js";
import { watchedSongs } from "./youtube-history.js";

export interface JsonOptions {
  /** What the file's playlist is called where nothing in it holds the playlist. */
  readonly playlist: string;
  readonly mapping?: ColumnMapping;
  /** Whether the time of each play is wanted even if the mapping does not tell which key holds it. */
  readonly needsTime?: boolean;
  readonly times: PlayTimes;
  /** Whether it is an object a line; otherwise it is read whole. */
  readonly isLines: boolean;
}

/** What is known of a file's rows once it is read. */
interface JsonRead {
  readonly rows: number;
  readonly held?: ReadonlyArray<string | undefined>;
  readonly spareTime?: string | undefined;
}

/**
 * @returns the number of rows, one a track or an object, and one for each line that could not be read; and, where the file holds
 *   rows, the names of the keys that hold the fields, in the order of `fieldNames`
 * @throws SegueError code "damaged" when a file that is read whole is not JSON, "too-large" when it is more than can be read whole
 */
export async function readJson(
  source: TextSource,
  options: JsonOptions,
  firstRowId: number,
  writer: RowWriter,
  rejects: Rejects,
): Promise<JsonRead> {
  const reader = new JsonReader(source, options, firstRowId, writer, rejects);
  if (options.isLines) await reader.readLines();
  else await reader.readWhole();
  return reader.read;
}

/** One file, entry by entry. */
class JsonReader {
  readonly #source: TextSource;
  readonly #options: JsonOptions;
  readonly #firstRowId: number;
  readonly #writer: RowWriter;
  readonly #rejects: Rejects;
  readonly #ids = new DistinctIds();
  #rows = 0;
  /** Of the line or the entry that is read, 1 for the first. */
  #line = 0;
  /** Whether it holds playlists, not plays; the first entry tells. */
  #holdsPlaylists: boolean | undefined;
  /** Where it is a history of what was watched: which song an entry is. */
  #songOf: ReturnType<typeof watchedSongs>;
  #readRow: ReturnType<typeof rowReader> | undefined;

  constructor(
    source: TextSource,
    options: JsonOptions,
    firstRowId: number,
    writer: RowWriter,
    rejects: Rejects,
  ) {
    this.#source = source;
    this.#options = options;
    this.#firstRowId = firstRowId;
    this.#writer = writer;
    this.#rejects = rejects;
  }

  get read(): JsonRead {
    const { held, spareTime } = this.#readRow ?? {};
    return { rows: this.#rows, ...(held && { held, spareTime }) };
  }

  async readLines(): Promise<void> {
    for await (const bytes of linesOf(this.#source)) {
      this.#line++;
      const value = parseLine(bytes, this.#line === 1, this.#reject);
      if (value === undefined) continue;
      if (this.#line === 1) this.#lookForSongs([value]);
      for (const entry of entriesOf(value)) this.#take(entry, `${this.#options.playlist} ${this.#line}`);
    }
  }

  async readWhole(): Promise<void> {
    const { playlist } = this.#options;
    const entries = entriesOf(await parseWhole(this.#source));
    this.#lookForSongs(entries);
    for (const value of entries) {
      this.#line++;
      this.#take(value, entries.length === 1 ? playlist : `${playlist} ${this.#line}`);
    }
  }

  readonly #rowId = () => this.#firstRowId + this.#rows++;

  readonly #reject: Reject = (reason, detail, text, remedy) => {
    this.#rejects.add({ file: this.#source.path, line: this.#line, reason, detail, text }, remedy);
    this.#rows++;
  };

  #lookForSongs(entries: readonly unknown[]): void {
    const { mapping } = this.#options;
    // Who names the columns of a history wants what stands in them.
    if (mapping?.artist === undefined && mapping?.track === undefined) this.#songOf = watchedSongs(entries);
  }

  /** @param name of the playlist, where the entry is one and has none */
  #take(value: unknown, name: string): void {
    const sequence = asSequence(value, name);
    this.#holdsPlaylists ??= sequence !== undefined;
    if (this.#holdsPlaylists) this.#takePlaylist(sequence, value);
    else this.#takePlay(value);
  }

  #takePlaylist(sequence: ReturnType<typeof asSequence>, value: unknown): void {
    const { needsTime, mapping } = this.#options;
    if (needsTime || mapping?.time !== undefined) throw withoutTimes(this.#source.path);
    const text = () => JSON.stringify(value);
    if (sequence === undefined) {
      this.#reject("not a playlist", "wanted a list of tracks in it", text());
      return;
    }
    const writer = this.#writer;
    // Ids stay as they are; where they are made here, it is of names that compare.
    const add = sequence.artists === undefined ? writer.add : writer.addTidied;
    const playlist_id = this.#ids.apart(sequence.playlist_id, sequence.hasId);
    addSequence({ ...sequence, playlist_id }, text, this.#rowId, add.bind(writer), this.#reject);
  }

  #takePlay(value: unknown): void {
    const song = this.#songOf?.(value);
    if (song !== undefined && "reason" in song) {
      this.#reject(song.reason, song.detail, JSON.stringify(value), song.remedy);
      return;
    }
    const play = song ?? value;
    if (!isObject(play)) this.#reject("not a play", "wanted an object", JSON.stringify(value));
    else if (isPlaying(play)) this.#reject("not a play", "it was not over yet", JSON.stringify(value));
    else {
      this.#readRow ??= this.#rowReaderFor(play);
      this.#readRow(play, this.#rowId, this.#writer, this.#reject, (text) =>
        this.#options.times.read(text, this.#source.path, this.#line),
      );
    }
  }

  /** @throws SegueError where its keys are no columns; one that says what to take out, where the plays are in a list of it */
  #rowReaderFor(play: Readonly<Record<string, unknown>>): ReturnType<typeof rowReader> {
    const { path } = this.#source;
    try {
      const where = `${path}, ${this.#options.isLines ? "line" : "entry"} ${this.#line}`;
      return rowReader(play, where, this.#options);
    } catch (error) {
      const list = innerList(play);
      // The lists of a play are of its pictures.
      const isPlay = usualNames("artist").some((isUsual) => keysOf(play).some(isUsual));
      if (!isOfColumns(error) || list === undefined || isPlay) throw error;
      throw takeOut(path, list);
    }
  }
}

/** Playlists are told apart by their ids; those that have only a name, and one that was there before, by its number. */
class DistinctIds {
  readonly #times = new Map<unknown, number>();

  apart(id: unknown, hasId: boolean): unknown {
    if (hasId) return id;
    const times = (this.#times.get(id) ?? 0) + 1;
    this.#times.set(id, times);
    return times === 1 ? id : `${id} (${times})`;
  }
}

/** Playlists have their order, and no times. */
export const withoutTimes = (path: string): SegueError =>
  misuse(
    `${path} holds playlists, not plays with a time each`,
    "leave out --session-gap and the mapping's time=: their tracks keep the order of the file",
  );

async function parseWhole(source: TextSource): Promise<unknown> {
  const text = await wholeText(source);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SegueError(`${source.path} is not valid JSON: ${(error as Error).message}`, {
      hint: "what is no object a line is read whole; copy or export it again",
      code: "damaged",
    });
  }
}

/** What a document holds: its playlists or rows. */
function entriesOf(whole: unknown): readonly unknown[] {
  // One list of names is one playlist, a list of lists or objects several.
  if (Array.isArray(whole))
    return whole.some((entry) => typeof entry === "object") ? whole : whole.length > 0 ? [whole] : [];
  return isObject(whole) && Array.isArray(whole.playlists) ? whole.playlists : [whole];
}

/** Last.fm has what is playing now, without a time, at the top of every page. */
const isPlaying = (play: Readonly<Record<string, unknown>>): boolean =>
  isObject(play["@attr"]) && play["@attr"].nowplaying === "true";

/** The keys that lead to the longest list of objects in an object, as the answers of web services have one around their plays. */
function innerList(value: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const lists = Object.entries(value).flatMap(([key, inner]) =>
    isObject(inner)
      ? Object.entries(inner).map(([name, list]) => ({ keys: [key, name], list }))
      : [{ keys: [key], list: inner }],
  );
  const entries = (list: unknown) => (Array.isArray(list) ? list.filter(isObject).length : 0);
  const longest = lists.reduce((best, next) => (entries(next.list) > entries(best.list) ? next : best), {
    keys: [] as string[],
    list: undefined as unknown,
  });
  return entries(longest.list) > 0 ? longest.keys : undefined;
}

/** Of a list that is not looked into, since it may be anything: albums, users, the schedule of a week. */
function takeOut(path: string, list: readonly string[]): SegueError {
  const filter = `.${list.map((key) => `[${JSON.stringify(key)}]`).join("")}[]`;
  const lines = path.replace(/(\.json)?$/i, ".jsonl");
  return new SegueError(`${path} is one object, with a list of others in "${list.join(".")}"`, {
    hint: `if these are the plays, take them out, and give that file: jq -c ${shellWord(filter)} ${shellWord(path)} > ${shellWord(lines)}`,
    code: "wrong-columns",
  });
}
