/** Finds which column of a file holds which field: by a mapping, otherwise by usual names. */
import { closest, misuse, quoted, SegueError } from "../../../system/index.js";
import { partTitle } from "../names/titled-play.js";
import {
  type ColumnMapping,
  dayAndClock,
  fileName,
  type MappedName,
  mappedNames,
  noArtist,
} from "./column-mapping.js";
import { isDay, isLikePlaylist, likely, usualClocks, usualNames } from "./column-names.js";

/** How to find the columns of a table, or the keys of JSON. */
export interface TableOptions {
  readonly mapping?: ColumnMapping;
  /** The name of the playlist if no column holds it. */
  readonly playlist: string;
  /** Whether a time is required even if the mapping names no column for it. Default: false. */
  readonly needsTime?: boolean;
}

/** The index of each field's column, -1 if it has none; "clock" is the second column of a time. */
type FoundColumns = Readonly<Record<MappedName | "clock", number>>;

/**
 * Finds the column of each field. Some fields may have none (-1): user_id, then there are no users; playlist, then the file is one
 * (or one per user); artist, if the mapping says so; and time, which is only looked for if the mapping names it or it is needed.
 *
 * @param where the file, for messages
 * @param options `needsTime`: whether a time is required; `ifNoneIsKnown`: an additional hint if no name is known, since the line
 *   may not be a header
 * @throws SegueError code "wrong-columns" if a required field has no column, or a mapped one does not exist; (misuse) if several
 *   columns match, the mapping gives one column to two fields other than artist and track, or no column is the playlist but one
 *   may be meant
 */
export function matchColumns(
  names: readonly string[],
  mapping: ColumnMapping | undefined,
  where: string,
  options: { readonly needsTime?: boolean; readonly ifNoneIsKnown?: string } = {},
): FoundColumns {
  const search = new Search(names, where);
  if (mapping !== undefined) takeMapped(search, mapping);
  // The playlist before the user, since a playlist id stands for the user only if another column is the playlist.
  for (const field of [...mappedNames].reverse())
    if (mapping?.[field] === undefined && (field !== "time" || options.needsTime)) search.takeUsual(field);
  const { found } = search;
  if (mapping?.time === undefined && found.time !== -1)
    found.clock = clockBeside(names[found.time]!, usualClocks.map(search.indexesOf)) ?? -1;

  const isWithout = (field: MappedName) => mapping !== undefined && saysNone(mapping, field, names);
  const isWanted = (field: MappedName) =>
    !isWithout(field) &&
    (field === "artist" ||
      field === "track" ||
      (field === "time" && options.needsTime) ||
      mapping?.[field] !== undefined);
  const missing = mappedNames.filter((field) => found[field] === -1 && isWanted(field));
  const alike =
    found.playlist === -1 && !isWithout("playlist")
      ? search.indexesOf(isLikePlaylist).map((index) => names[index]!)
      : [];
  if (missing.length > 0) {
    const isNoneKnown = alike.length === 0 && Object.values(found).every((index) => index === -1);
    throw wrongColumns(
      found,
      missing,
      alike,
      names,
      mapping,
      where,
      isNoneKnown ? options.ifNoneIsKnown : undefined,
    );
  }
  if (alike.length > 0)
    throw misuse(
      `${where}: cannot tell whether the playlist is in the column ${quoted(alike)}`,
      `if so, pass --columns "playlist=${alike[0]}"; if each file is one playlist: --columns "playlist=${fileName}"`,
    );
  return found;
}

/** A file's columns, found field by field; one that has been taken is not found again. */
class Search {
  readonly found = { user_id: -1, artist: -1, track: -1, playlist: -1, time: -1, clock: -1 };
  readonly names: readonly string[];
  readonly #where: string;

  constructor(names: readonly string[], where: string) {
    this.names = names;
    this.#where = where;
  }

  /** The free columns whose names pass the test. */
  readonly indexesOf = (test: (name: string) => boolean): number[] => {
    const taken = Object.values(this.found);
    return [...this.names.keys()].filter((index) => test(this.names[index]!) && !taken.includes(index));
  };

  take(field: keyof FoundColumns, candidates: readonly number[]): void {
    if (candidates.length > 1) throw ambiguous(field, candidates, this.names, this.#where);
    this.found[field] = candidates[0] ?? -1;
  }

  takeUsual(field: MappedName): void {
    const ranks = usualNames(field).map(this.indexesOf);
    this.take(field, ranks.find((rank) => rank.length > 0) ?? []);
  }
}

/** Whether a mapping says that no column holds the field. */
const saysNone = (mapping: ColumnMapping, field: MappedName, names: readonly string[]): boolean =>
  (field === "playlist" && mapping.playlist === fileName && !names.includes(fileName)) ||
  (field === "artist" && mapping.artist === noArtist && !names.includes(noArtist));

function takeMapped(search: Search, mapping: ColumnMapping): void {
  const { names, found } = search;
  for (const field of mappedNames) {
    const mapped = mapping[field];
    if (mapped === undefined || saysNone(mapping, field, names)) continue;
    const taken = mappedNames.find(
      (other) => other !== field && found[other] !== -1 && mapping[other] === mapped,
    );
    if (field === "track" && taken === "artist") {
      // "Artist - Title".
      found.track = found.artist;
      continue;
    }
    if (taken !== undefined)
      throw misuse(
        `the mapping gives the column "${mapped}" to both ${taken} and ${field}`,
        "name one for each",
      );
    const named = (wanted: string) => search.indexesOf((name) => name === wanted);
    const [day, clock] = (field === "time" && !names.includes(mapped) && dayAndClock(mapped)) || [mapped];
    search.take(field, named(day!));
    if (clock === undefined) continue;
    search.take("clock", named(clock));
    if (found.clock === -1) found.time = -1;
  }
}

/** Whether an error is about missing columns. */
export const isOfColumns = (error: unknown): boolean =>
  error instanceof SegueError && error.code === "wrong-columns";

/** The name of an unused column that may hold the time of each play, or of two: "day+clock". */
export function spareTime(names: readonly string[], found: FoundColumns): string | undefined {
  if (found.time !== -1) return undefined;
  const taken = Object.values(found);
  const free = names.filter((_, index) => !taken.includes(index));
  const [time] = usualNames("time").flatMap((isUsual) => free.filter(isUsual));
  const clocks = usualClocks.map((isUsual) => free.filter(isUsual));
  const clock = time && clockBeside(time, clocks);
  return clock === undefined ? time : `${time}+${clock}`;
}

/** The clock for a time whose name is that of a day, if exactly one column of the best rank has a clock's name. */
function clockBeside<Column>(time: string, ranks: ReadonlyArray<readonly Column[]>): Column | undefined {
  const clocks = isDay(time) ? ranks.find((rank) => rank.length > 0) : undefined;
  return clocks?.length === 1 ? clocks[0] : undefined;
}

function ambiguous(
  field: keyof FoundColumns,
  candidates: readonly number[],
  names: readonly string[],
  where: string,
): SegueError {
  const could = [...new Set(candidates.map((index) => names[index]!))];
  return could.length === 1
    ? misuse(`${where}: ${candidates.length} columns are called "${could[0]}"`, "rename all but one of them")
    : misuse(
        `${where}: ${field} could be any of the columns ${quoted(could)}`,
        `say which with a mapping: --columns "${field}=${could[0]}"`,
      );
}

function wrongColumns(
  found: FoundColumns,
  missing: readonly MappedName[],
  alike: readonly string[],
  names: readonly string[],
  mapping: ColumnMapping | undefined,
  where: string,
  more: string | undefined,
): SegueError {
  const taken = Object.values(found);
  const free = names.filter((_, index) => !taken.includes(index));
  const proposed = (field: MappedName) => {
    const mapped = mapping?.[field];
    if (field === "playlist" && mapped === fileName) return fileName;
    const misspelt = mapped === undefined ? undefined : closest(mapped, free);
    const alone = field === "playlist" ? alike[0] : likely(field, free);
    // A single column means that the line could not be split.
    return misspelt ?? (names.length === 1 ? undefined : alone) ?? "…";
  };
  const clock = found.clock === -1 ? "" : `+${names[found.clock]}`;
  /** The column of a field; a mapping may say that it has none. */
  const standing = (field: MappedName) =>
    names[found[field]] ?? (missing.includes(field) ? undefined : mapping?.[field]);
  const isOnlyTime = missing.length === 1 && missing[0] === "time";
  const columns = (["artist", "track", "playlist", "user_id", "time"] as const)
    .filter((field) =>
      isOnlyTime
        ? field === "time" || mapping?.[field] !== undefined
        : (field !== "user_id" && field !== "time") || found[field] !== -1 || missing.includes(field),
    )
    .map((field) => `${field}=${standing(field) ?? proposed(field)}${field === "time" ? clock : ""}`);
  const title = names[found.track] ?? (names.length === 1 ? names[0] : "COLUMN");
  const time = isOnlyTime ? proposed("time") : "";
  // A line that is a play names no columns.
  const isPlay = more !== undefined && names.length === 1 && partTitle(names[0]!) !== undefined;
  const hints = [
    `say which column is which with a mapping, such as --columns "${columns.join(",")}"`,
    ...(columns.includes("playlist=…") ? ["without playlist=… each file is one playlist"] : []),
    ...(missing.includes("artist") && mapping?.artist === undefined
      ? [
          `artist=${noArtist} if tracks need none`,
          `artist=${title},track=${title} if ${title} is "Artist - Title"`,
        ]
      : []),
    ...(usualClocks.some((isUsual) => isUsual(time))
      ? [`"${time}" alone may also be the length of a track`]
      : []),
    ...(more === undefined ? [] : [more]),
  ];
  return new SegueError(
    `${where}: found the columns ${quoted(names)}; missing: ${
      mapping === undefined
        ? missing.join(", ")
        : quoted([...new Set(missing.map((field) => mapping[field] ?? field))])
    }`,
    {
      hint: isPlay ? more : hints.join("; "),
      // Most often a mapping is missing, which a resumed run would not have either.
      exitCode: 2,
      code: "wrong-columns",
    },
  );
}
