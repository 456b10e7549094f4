/**
 * Reads JSON that is neither slices nor sequences: playlists in other words, or rows, as an array, as one object, or as an object
 * a line. The first one tells which of the two the file holds.
 */
import { misuse, SegueError, shellWord } from "../../system/index.js";
import type { ColumnMapping } from "./column-mapping.js";
import { usualNames } from "./column-names.js";
import { asSequence, isObject, textOf } from "./json-playlist.js";
import { isOfColumns, matchColumns, spareTime } from "./match-columns.js";
import type { PlayTimes } from "./play-times.js";
import { addSequence, parseLine } from "./read-sequences.js";
import type { RejectReason, Rejects } from "./rejects.js";
import { fieldNames, type RowWriter } from "./row-writer.js";
import { linesOf, type TextSource, wholeText } from "./text-source.js";
import { withClock } from "./time-of-play.js";
import { notParted, partTitle } from "./titled-play.js";
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

/** Told about what cannot be used, and what may make it usable. */
type Reject = (reason: RejectReason, detail: string | undefined, text: string, remedy?: string) => void;

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
): Promise<{ rows: number; held?: ReadonlyArray<string | undefined>; spareTime?: string | undefined }> {
  let rows = 0;
  let line = 0;
  const rowId = () => firstRowId + rows++;
  const reject: Reject = (reason, detail, text, remedy) => {
    rejects.add({ file: source.path, line, reason, detail, text }, remedy);
    rows++;
  };
  let readRow: ReturnType<typeof rowReader> | undefined;
  let holdsPlaylists: boolean | undefined;
  let songOf: ReturnType<typeof watchedSongs>;
  // Who names the columns of a history wants what stands in them.
  const isMapped = options.mapping?.artist !== undefined || options.mapping?.track !== undefined;
  const named = new Map<unknown, number>();
  /** Playlists are told apart by their ids; those that have only a name, and one that was there before, by its number. */
  const apart = (id: unknown, hasId: boolean): unknown => {
    if (hasId) return id;
    const times = (named.get(id) ?? 0) + 1;
    named.set(id, times);
    return times === 1 ? id : `${id} (${times})`;
  };
  const take = (value: unknown, name: string) => {
    const sequence = asSequence(value, name);
    holdsPlaylists ??= sequence !== undefined;
    if (holdsPlaylists) {
      if (options.needsTime || options.mapping?.time !== undefined) throw withoutTimes(source.path);
      if (sequence === undefined)
        reject("not a playlist", "wanted a list of tracks in it", JSON.stringify(value));
      else {
        // Ids stay as they are; where they are made here, it is of names that compare.
        const add = sequence.artists === undefined ? writer.add : writer.addTidied;
        const playlist_id = apart(sequence.playlist_id, sequence.hasId);
        addSequence(
          { ...sequence, playlist_id },
          () => JSON.stringify(value),
          rowId,
          add.bind(writer),
          reject,
        );
      }
      return;
    }
    let play = value;
    if (songOf !== undefined) {
      const song = songOf(value);
      if ("reason" in song) {
        reject(song.reason, song.detail, JSON.stringify(value), song.remedy);
        return;
      }
      play = song;
    }
    if (!isObject(play)) {
      reject("not a play", "wanted an object", JSON.stringify(value));
      return;
    }
    if (isPlaying(play)) {
      reject("not a play", "it was not over yet", JSON.stringify(value));
      return;
    }
    readRow ??= firstReader(play, source.path);
    readRow(play, rowId, writer, reject, (text) => options.times.read(text, source.path, line));
  };

  const firstReader = (play: Readonly<Record<string, unknown>>, path: string) => {
    try {
      return rowReader(play, `${path}, ${options.isLines ? "line" : "entry"} ${line}`, options);
    } catch (error) {
      const list = innerList(play);
      // The lists of a play are of its pictures.
      const isPlay = usualNames("artist").some((isUsual) => keysOf(play).some(isUsual));
      if (!isOfColumns(error) || list === undefined || isPlay) throw error;
      throw takeOut(path, list);
    }
  };

  if (options.isLines) {
    for await (const bytes of linesOf(source)) {
      line++;
      const value = parseLine(bytes, line === 1, reject);
      if (value === undefined) continue;
      if (line === 1 && !isMapped) songOf = watchedSongs([value]);
      for (const entry of entriesOf(value)) take(entry, `${options.playlist} ${line}`);
    }
  } else {
    const entries = entriesOf(await parseWhole(source));
    if (!isMapped) songOf = watchedSongs(entries);
    for (const value of entries) {
      line++;
      take(value, entries.length === 1 ? options.playlist : `${options.playlist} ${line}`);
    }
  }
  return { rows, ...(readRow && { held: readRow.held, spareTime: readRow.spareTime }) };
}

/** Playlists have their order, and no times. */
export const withoutTimes = (path: string): SegueError =>
  misuse(
    `${path} holds playlists, not plays with a time each`,
    "leave out --session-gap and the mapping's time=: the order of their tracks is that of the file",
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

/** The keys of an object, and those of the objects in it: "artist", "track_metadata.artist_name". */
function keysOf(value: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    isObject(inner) ? Object.keys(inner).map((name) => `${key}.${name}`) : [key],
  );
}

/** What stands under one of these keys. */
function valueAt(value: Readonly<Record<string, unknown>>, key: string): unknown {
  if (value[key] !== undefined) return value[key];
  const dot = key.indexOf(".");
  const inner = value[key.slice(0, dot)];
  return isObject(inner) ? inner[key.slice(dot + 1)] : undefined;
}

/** Reads objects that are a play each, under the keys that the first of them has. */
function rowReader(first: Readonly<Record<string, unknown>>, where: string, options: JsonOptions) {
  const names = keysOf(first);
  const at = matchColumns(names, options.mapping, where, {
    needsTime: options.needsTime ?? false,
    ifNoneIsKnown: 'a playlist looks like {"name": "…", "tracks": [{"artist": "…", "track": "…"}, …]}',
  });
  const timeKey = names[at.time];
  const clockKey = names[at.clock];
  const held = fieldNames.map((field) => names[at[field]]);
  const isTitled = at.artist !== -1 && at.artist === at.track;
  const read = (
    value: Readonly<Record<string, unknown>>,
    rowId: () => number,
    writer: RowWriter,
    reject: Reject,
    readTime: (text: string) => string | undefined,
  ) => {
    const fields = held.map((key, i) => {
      if (key === undefined) return fieldNames[i] === "playlist" ? options.playlist : "";
      const field = valueAt(value, key) ?? "";
      // Several artists are one text.
      if (Array.isArray(field) && fieldNames[i] === "artist") return textOf(field);
      return typeof field === "object" ? undefined : String(field);
    });
    const [, artist = "", track] = fields;
    const parts = isTitled && track?.trim() ? partTitle(artist) : undefined;
    if (parts !== undefined) fields.splice(1, 2, parts.artist, parts.track);
    const odd = fields.indexOf(undefined);
    const empty = fields.findIndex((field, i) => held[i] !== undefined && field?.trim() === "");
    if (odd !== -1) reject("not a play", `wanted a text as "${held[odd]}"`, JSON.stringify(value));
    else if (empty !== -1) reject(`empty ${fieldNames[empty]!}`, undefined, JSON.stringify(value));
    else if (isTitled && parts === undefined) reject("empty artist", notParted, JSON.stringify(value));
    else if (fields.some((field) => field!.includes("\0")))
      reject("NUL byte", undefined, JSON.stringify(value));
    else if (timeKey === undefined) writer.addTidied(rowId(), fields as [string, string, string, string]);
    else {
      const told = (key: string) => String(valueAt(value, key) ?? "");
      const text = clockKey === undefined ? told(timeKey) : withClock(told(timeKey), told(clockKey));
      const time = readTime(text);
      if (time === undefined) reject("not a time", JSON.stringify(text.slice(0, 40)), JSON.stringify(value));
      else writer.addTidied(rowId(), fields as [string, string, string, string], time);
    }
  };
  return Object.assign(read, { held, spareTime: spareTime(names, at) });
}
