/** JSON objects that are one play each. */
import { flawOf } from "../../../corpus/index.js";
import { matchColumns, spareTime } from "../columns/match-columns.js";
import type { FileRows } from "../file-rows.js";
import { isBlank } from "../names/tidy-name.js";
import { notParted, partTitle } from "../names/titled-play.js";
import { toldJson } from "../rejects.js";
import { fieldNames } from "../row-writer.js";
import { withClock } from "../times/time-of-play.js";
import { isObject, scalarText, textOf } from "./json-playlist.js";
import type { JsonOptions } from "./read-json.js";

/** The keys of an object, and those of nested objects: "artist", "track_metadata.artist_name". */
export function keysOf(value: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    isObject(inner) ? Object.keys(inner).map((name) => `${key}.${name}`) : [key],
  );
}

/** The value of one of these keys. */
function valueAt(value: Readonly<Record<string, unknown>>, key: string): unknown {
  if (value[key] !== undefined) return value[key];
  const dot = key.indexOf(".");
  const inner = value[key.slice(0, dot)];
  return isObject(inner) ? inner[key.slice(dot + 1)] : undefined;
}

/** Makes a reader of plays, by the keys of the first one. @throws SegueError as `matchColumns` */
export function rowReader(first: Readonly<Record<string, unknown>>, where: string, options: JsonOptions) {
  const names = keysOf(first);
  const at = matchColumns(names, options.mapping, where, {
    needsTime: options.needsTime,
    ifNoneIsKnown: 'a playlist looks like {"name": "…", "tracks": [{"artist": "…", "track": "…"}, …]}',
  });
  const timeKey = names[at.time];
  const clockKey = names[at.clock];
  const held = fieldNames.map((field) => names[at[field]]);
  const isTitled = at.artist !== -1 && at.artist === at.track;
  const read = (
    value: Readonly<Record<string, unknown>>,
    rows: FileRows,
    readTime: (text: string) => string | undefined,
  ) => {
    const fields = held.map((key, i) => {
      if (key === undefined) return fieldNames[i] === "playlist" ? options.playlist : "";
      const field = valueAt(value, key) ?? "";
      // Several artists become one string.
      if (Array.isArray(field) && fieldNames[i] === "artist") return textOf(field);
      return typeof field === "boolean" ? String(field) : scalarText(field);
    });
    const [, artist = "", track] = fields;
    const parts = isTitled && !isBlank(track ?? "") ? partTitle(artist) : undefined;
    if (parts !== undefined) fields.splice(1, 2, parts.artist, parts.track);
    const odd = fields.indexOf(undefined);
    const empty = fields.findIndex(
      (field, i) => held[i] !== undefined && field !== undefined && isBlank(field),
    );
    const broken = odd === -1 ? (fields as string[]).map(flawOf).find(Boolean) : undefined;
    if (odd !== -1) rows.reject("not a play", `expected a string as "${held[odd]}"`, toldJson(value));
    else if (empty !== -1) rows.reject(`empty ${fieldNames[empty]!}`, undefined, toldJson(value));
    else if (isTitled && parts === undefined) rows.reject("empty artist", notParted, toldJson(value));
    else if (broken !== undefined) rows.reject(broken, undefined, toldJson(value));
    else if (timeKey === undefined) rows.addTidied(fields as [string, string, string, string]);
    else {
      const told = (key: string) => String(valueAt(value, key) ?? "");
      const text = clockKey === undefined ? told(timeKey) : withClock(told(timeKey), told(clockKey));
      const time = readTime(text);
      if (time === undefined) rows.reject("not a time", JSON.stringify(text.slice(0, 40)), toldJson(value));
      else rows.addTidied(fields as [string, string, string, string], time);
    }
  };
  return Object.assign(read, { held, spareTime: spareTime(names, at) });
}
