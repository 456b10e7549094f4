/**
 * Reads JSON that is neither slices nor sequences: playlists under other keys, or plays, as an array, one object, or one object per
 * line. The first entry decides whether the file holds playlists or plays.
 */
import { visitJsonLines } from "../../../corpus/index.js";
import { misuse, SegueError, shellWord, type TextSource } from "../../../system/index.js";
import { usualNames } from "../columns/column-names.js";
import { isOfColumns, type TableOptions } from "../columns/match-columns.js";
import type { FileRows } from "../file-rows.js";
import { DistinctNames } from "../names/distinct-names.js";
import { toldJson, toldText } from "../rejects.js";
import type { PlayTimes } from "../times/play-times.js";
import { asSequence, isObject, scalarText } from "./json-playlist.js";
import { keysOf, rowReader } from "./json-rows.js";
import { asJsonLines, parseJson, wholeText } from "./json-text.js";
import { addSequence } from "./read-sequences.js";
import { watchedSongs } from "./youtube-history.js";

export interface JsonOptions extends TableOptions {
  readonly times: PlayTimes;
  /** Whether the file has one object per line; otherwise it is read whole. */
  readonly isLines: boolean;
}

/** How a file of plays was read; empty for one of playlists. */
interface JsonRead {
  readonly held?: ReadonlyArray<string | undefined>;
  readonly spareTime?: string | undefined;
}

/**
 * Reads one row per track or play, and one per unreadable line.
 *
 * @returns if the file holds plays, the keys that hold the fields, in the order of `fieldNames`
 * @throws SegueError code "damaged" if a file that is read whole is not JSON, "too-large" if it is too large for that
 */
export async function readJson(source: TextSource, rows: FileRows, options: JsonOptions): Promise<JsonRead> {
  const reader = new JsonReader(source, rows, options);
  if (options.isLines) await reader.readLines();
  else await reader.readWhole();
  return reader.read;
}

/** One file, entry by entry. */
class JsonReader {
  readonly #source: TextSource;
  readonly #rows: FileRows;
  readonly #options: JsonOptions;
  /** Numbers playlists of one name; those with an id have it. */
  readonly #names = new DistinctNames();
  /** Whether the file holds playlists, not plays; decided by the first entry. */
  #holdsPlaylists: boolean | undefined;
  /** In a YouTube history: finds the song of an entry. */
  #songOf: ReturnType<typeof watchedSongs>;
  #readRow: ReturnType<typeof rowReader> | undefined;

  constructor(source: TextSource, rows: FileRows, options: JsonOptions) {
    this.#source = source;
    this.#rows = rows;
    this.#options = options;
  }

  get read(): JsonRead {
    const { held, spareTime } = this.#readRow ?? {};
    return { held, spareTime };
  }

  async readLines(): Promise<void> {
    await visitJsonLines(
      this.#source,
      {
        visit: (value, line) => {
          this.#rows.line = line;
          if (line === 1) this.#lookForSongs([value]);
          for (const entry of entriesOf(value)) this.#take(entry, `${this.#options.playlist} ${line}`);
        },
        refuse: (problem, line, text, detail) => {
          this.#rows.line = line;
          this.#rows.reject(problem, detail, toldText(text));
        },
      },
      asJsonLines,
    );
  }

  async readWhole(): Promise<void> {
    const { playlist } = this.#options;
    const entries = entriesOf(
      parseJson(
        await wholeText(this.#source),
        this.#source.path,
        "a file other than JSON lines is read whole; copy or export it again",
      ),
    );
    this.#lookForSongs(entries);
    for (const value of entries) {
      this.#rows.line++;
      this.#take(value, entries.length === 1 ? playlist : `${playlist} ${this.#rows.line}`);
    }
  }

  #lookForSongs(entries: readonly unknown[]): void {
    const { mapping } = this.#options;
    // A mapping of artist or track reads a history as plain JSON.
    if (mapping?.artist === undefined && mapping?.track === undefined) this.#songOf = watchedSongs(entries);
  }

  /** @param name for an entry that is a playlist without a name */
  #take(value: unknown, name: string): void {
    const sequence = asSequence(value, name);
    this.#holdsPlaylists ??= sequence !== undefined;
    if (this.#holdsPlaylists) this.#takePlaylist(sequence, value);
    else this.#takePlay(value);
  }

  #takePlaylist(sequence: ReturnType<typeof asSequence>, value: unknown): void {
    const { needsTime, mapping } = this.#options;
    if (needsTime || mapping?.time !== undefined) throw withoutTimes(this.#source.path);
    const text = () => toldJson(value);
    if (sequence === undefined) {
      this.#rows.reject("not a playlist", "expected a list of tracks in it", text());
      return;
    }
    // Given ids are kept unchanged; ids made here consist of tidied names.
    const add = sequence.hasTrackIds ? "add" : "addTidied";
    const playlist_id = sequence.hasId ? sequence.playlist_id : this.#apart(sequence.playlist_id);
    addSequence({ ...sequence, playlist_id }, text, this.#rows, add);
  }

  /** Names that are neither text nor a number are left to be rejected. */
  #apart(name: unknown): unknown {
    const text = scalarText(name);
    return text === undefined ? name : this.#names.apart(text);
  }

  #takePlay(value: unknown): void {
    const song = this.#songOf?.(value);
    if (song !== undefined && "reason" in song) {
      this.#rows.reject(song.reason, song.detail, toldJson(value), song.remedy);
      return;
    }
    const play = song ?? value;
    if (!isObject(play)) this.#rows.reject("not a play", "expected an object", toldJson(value));
    else if (isPlaying(play)) this.#rows.reject("not a play", "it was still playing", toldJson(value));
    else {
      this.#readRow ??= this.#rowReaderFor(play);
      this.#readRow(play, this.#rows, (text) =>
        this.#options.times.read(text, this.#source.path, this.#rows.line),
      );
    }
  }

  /** @throws SegueError if keys are missing, with the way to extract the plays if they are in a list in it */
  #rowReaderFor(play: Readonly<Record<string, unknown>>): ReturnType<typeof rowReader> {
    const { path } = this.#source;
    try {
      const where = `${path}, ${this.#options.isLines ? "line" : "entry"} ${this.#rows.line}`;
      return rowReader(play, where, this.#options);
    } catch (error) {
      const list = innerList(play);
      // Lists in a play hold other things, such as its pictures.
      const isPlay = usualNames("artist").some((isUsual) => keysOf(play).some(isUsual));
      if (!isOfColumns(error) || list === undefined || isPlay) throw error;
      throw takeOut(path, list);
    }
  }
}

/** The error for asking for times in a file of playlists, which have an order but no times. */
export const withoutTimes = (path: string): SegueError =>
  misuse(
    `${path} holds playlists, not plays with a time each`,
    "leave out --session-gap and the mapping's time=: their tracks keep the order of the file",
  );

/** The playlists or plays of a document. */
function entriesOf(whole: unknown): readonly unknown[] {
  // A list of names is one playlist; a list of lists or objects has several entries.
  if (Array.isArray(whole))
    return whole.some((entry) => typeof entry === "object") ? whole : whole.length > 0 ? [whole] : [];
  return isObject(whole) && Array.isArray(whole.playlists) ? whole.playlists : [whole];
}

/** Last.fm lists the track that is playing now, without a time, at the top of every page. */
const isPlaying = (play: Readonly<Record<string, unknown>>): boolean =>
  isObject(play["@attr"]) && play["@attr"].nowplaying === "true";

/** The path of keys to the longest list of objects in an object: responses of web services wrap their plays. */
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

/** The error for an object with a list, which is not read, since it may hold anything: albums, users, a weekly schedule. */
function takeOut(path: string, list: readonly string[]): SegueError {
  const filter = `.${list.map((key) => `[${JSON.stringify(key)}]`).join("")}[]`;
  const lines = path.replace(/(\.json)?$/i, ".jsonl");
  return new SegueError(`${path} is one object, with a list of others in "${list.join(".")}"`, {
    hint: `if these are the plays, extract them, and pass that file: jq -c ${shellWord(filter)} ${shellWord(path)} > ${shellWord(lines)}`,
    code: "wrong-columns",
  });
}
