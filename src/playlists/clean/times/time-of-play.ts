/** Parses times of plays: in CSV and JSON by `parseTime`, in Parquet by `timeSql`, with the same results. */
import type { DayOrder } from "../raw-file-choices.js";

const knownTimes =
  "times are read as 2024-01-31 18:05:00, with or without a zone, as 31.01.2024 18:05, as 31/01/2024 18:05 or 01/31/2024 6:05 PM (or with 24 for 2024), as 31 Jan 2024, 18:05 or 31/Jan/2024:18:05:00 +0000 (or with 18.05 or 18h05 for 18:05), or as numbers: seconds since 1970, or a position";

// A number is in seconds unless that would be after the year 5000; then in milliseconds, microseconds or nanoseconds likewise.
const scales = [
  { below: 1e11, toMs: 1000 },
  { below: 1e14, toMs: 1 },
  { below: 1e17, toMs: 1e-3 },
] as const;
const nanoseconds = 1e-6;
/** In nanoseconds, the last time of JavaScript's dates, in the year 275760. */
const farthest = 8.64e21;

const day = String.raw`(\d{4})[-/](\d{2})[-/](\d{2})`;
const clock = String.raw`\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?`;
const iso = new RegExp(`^${day}(?:[T ]+(${clock}))?\\s*(Z|UTC|[+-]\\d{2}(?::?\\d{2})?)?$`, "i");
/** 2024/1/31, as spreadsheets write it with the year first. */
const yearFirst = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)/;
/** 20240131 before a clock; without one it may be any number. */
const closed = String.raw`^(\d{4})(\d{2})(\d{2})([ T]\d)`;
const closedDay = new RegExp(closed);
/** 20240131180500 or 20240131T180500Z. As milliseconds since 1970 these 14 digits would be after the year 2570. */
const digits = String.raw`^((?:19|20)\d{2})(\d{2})(\d{2})[T ]?(\d{2})(\d{2})(\d{2})(\D.*)?$`;
const digitsAlone = new RegExp(digits);
/** 31/01/24: the year is last, and its century is chosen as by strptime. */
const shortYear = [
  { century: "20", pattern: String.raw`^(\d{1,2}[-/.]\d{1,2}[-/.])([0-5]\d|6[0-8])\b` },
  { century: "19", pattern: String.raw`^(\d{1,2}[-/.]\d{1,2}[-/.])(69|[7-9]\d)\b` },
] as const;
const shortYears = shortYear.map(({ century, pattern }) => ({ century, pattern: new RegExp(pattern) }));
/** 31.01.2024: with dots, the day is always first. */
const pointed = String.raw`^(\d{1,2})\.(\d{1,2})\.(\d{4}),?`;
const pointedDay = new RegExp(pointed);
/** 31/01/2024 or 01/31/2024: the text does not say which. */
const slashed = String.raw`^(\d{1,2})[-/](\d{1,2})[-/](\d{4}),?`;
const slashedDay = new RegExp(slashed);
const worded = new RegExp(`^(\\d{1,2}) [a-z]{3,9} \\d{4}(?:,? ${clock}( [+-]\\d{4})?)?$`, "i");
/** 31/Jan/2024:18:05:00 +0100, as web and stream servers write it. */
const logged = String.raw`^(\d{2})/([A-Za-z]{3})/(\d{4}):`;
const loggedDay = new RegExp(logged);
/** Clocks behind a day: 18.05 and 18.05.00 as in Italian and Finnish, 18h05 in French, 6:05 p. m. in Spanish. */
const localClocks = [
  { pattern: String.raw`([ T]\d{1,2})[.hH](\d{2})$`, clock: "$1:$2" },
  { pattern: String.raw`([ T]\d{1,2})\.(\d{2})\.(\d{2})$`, clock: "$1:$2:$3" },
  { pattern: String.raw`(\d\s?[apAP])\.\s?([mM])\.$`, clock: "$1$2" },
];
const ofLocalClocks = localClocks.map(({ pattern, clock }) => [new RegExp(pattern), clock] as const);
/** 6:05 PM, and 9:05 as spreadsheets write it. */
const looseClock = /(?<=[ ,T])(\d{1,2})(:\d{2}(?::\d{2})?)(?:\s?([ap])m$)?/i;

/** Whether a text begins with a date that may have the day or the month first. */
export const isSlashed = (text: string): boolean => slashedDay.test(wholeYear(text.trim()));

/** Whether a text begins with a date with a two-digit year, which others may read as a day: 24/01/31. */
export function hasShortYear(text: string): boolean {
  const trimmed = text.trim();
  return beginsShort(trimmed) && shortYears.some(({ pattern }) => pattern.test(trimmed));
}

/** Whether "-", "." or "/" is the second or third character: a fast check, since most times begin with a four-digit year. */
function beginsShort(text: string): boolean {
  const isSign = (code: number) => code >= 0x2d && code <= 0x2f;
  return isSign(text.charCodeAt(1)) || isSign(text.charCodeAt(2));
}

/** Expands a two-digit year to four digits. */
const wholeYear = (text: string) =>
  beginsShort(text)
    ? shortYears.reduce((whole, { century, pattern }) => whole.replace(pattern, `$1${century}$2`), text)
    : text;

/**
 * Milliseconds since 1970; a time without a zone is UTC. Undefined if the text is not a time, or is ambiguous: 01/02/2024 is read
 * only with a given `order`.
 */
export function parseTime(text: string, order?: DayOrder): number | undefined {
  const trimmed = wholeYear(text.trim()).replace(digitsAlone, "$1-$2-$3 $4:$5:$6$7");
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) return fromNumber(Number(trimmed));
  const time = parseUsual(trimmed) ?? parseUsual(usual(trimmed, order)) ?? Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Parses ISO times and dates with month names; NaN or undefined for other text. */
function parseUsual(text: string): number | undefined {
  const parts = iso.exec(text);
  if (parts === null) return parseWorded(text);
  const [, year, month, date, clock = "00:00", zone] = parts;
  // JavaScript reads 31 February as 2 March.
  if (Number(date) > 28 && Number(date) > daysOf(Number(year), Number(month))) return undefined;
  return Date.parse(`${year}-${month}-${date}T${clock.replace(",", ".")}${zoneOf(zone)}`);
}

function parseWorded(text: string): number | undefined {
  const [, day, zone] = worded.exec(text) ?? [];
  if (day === undefined) return undefined;
  const local = Date.parse(`${text.slice(0, text.length - (zone?.length ?? 0)).replace(",", "")} UTC`);
  if (new Date(local).getUTCDate() !== Number(day)) return undefined;
  return zone === undefined ? local : Date.parse(text.replace(",", ""));
}

/** The number of days in a month. Calendars repeat after 400 years; Date.UTC misreads years before 100. */
const daysOf = (year: number, month: number) =>
  new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();

/** Converts other notations to ISO or month names; leaves unknown text unchanged. */
function usual(text: string, order: DayOrder | undefined): string {
  const iso8601 = (year: string, month: string, date: string) =>
    `${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`;
  return ofLocalClocks
    .reduce((usual, [pattern, clock]) => usual.replace(pattern, clock), text)
    .replace(closedDay, "$1-$2-$3$4")
    .replace(yearFirst, (_, year, month, date) => iso8601(year, month, date))
    .replace(pointedDay, (_, date, month, year) => iso8601(year, month, date))
    .replace(loggedDay, "$1 $2 $3 ")
    .replace(slashedDay, (whole, a, b, year) =>
      order === undefined ? whole : order === "day-first" ? iso8601(year, b, a) : iso8601(year, a, b),
    )
    .replace(looseClock, wholeClock);
}

/** Whether a text is a clock without a day. */
export const isClockAlone = (text: string): boolean => clockAlone.test(text.trim());

const clockAlone = /^\d{1,2}[:h]\d{2}(:\d{2}([.,]\d+)?)?(\s?[ap]m)?$/i;

/** Advice for a play whose time cannot be read. */
export function timeRemedy(text: string): string {
  if (/(^|[ T])2[4-9][:.h]\d{2}/.test(text))
    return "a day ends at 24:00: write 24:10 as 00:10 of the next day, and 25:10 as 01:10";
  if (/^\d{5},\d+$/.test(text.trim())) return sheetDayRemedy;
  return isClockAlone(text)
    ? 'a clock needs its day: if a column has it, name both, --columns "time=DAY+CLOCK"; otherwise leave out --session-gap and time=, and plays keep line order'
    : knownTimes;
}

const midnight = "[ T]00:00(:00([.,]0+)?)?$";
const noClock = "(no clock)";

const anyClock = "[ T][0-9]{1,2}:[0-9]{2}";

/**
 * Joins a day and a clock from two columns. Without a clock the result is not a time. The day's own clock is ignored if it is
 * midnight; otherwise it is the time.
 */
export function withClock(day: string, clock: string): string {
  const bare = day.trim().replace(new RegExp(midnight), "");
  return new RegExp(anyClock).test(bare) ? bare : `${bare} ${clock.trim() || noClock}`;
}

/** `withClock` as SQL. */
export function withClockSql(day: string, clock: string): string {
  const bare = `regexp_replace(trim(${day}::VARCHAR), '${midnight}', '')`;
  const both = `concat(${bare}, ' ', coalesce(nullif(trim(${clock}::VARCHAR), ''), '${noClock}'))`;
  return `CASE WHEN regexp_matches(${bare}, '${anyClock}') THEN ${bare} ELSE ${both} END`;
}

function fromNumber(value: number): number | undefined {
  const scale = scales.find(({ below }) => Math.abs(value) < below)?.toMs ?? nanoseconds;
  return Math.abs(value) < farthest ? Math.round(value * scale) : undefined;
}

/** Converts to a 24-hour clock with a two-digit hour. "13:05 PM" is left unchanged, and so is not a time. */
function wholeClock(text: string, hour: string, rest: string, half: string | undefined): string {
  if (half === undefined) return `${hour.padStart(2, "0")}${rest}`;
  if (Number(hour) < 1 || Number(hour) > 12) return text;
  return `${String((Number(hour) % 12) + (/p/i.test(half) ? 12 : 0)).padStart(2, "0")}${rest}`;
}

/** A zone in ISO form, since JavaScript does not read "+01". */
function zoneOf(zone = "Z"): string {
  if (/^(Z|UTC)$/i.test(zone)) return "Z";
  const digits = zone.replace(":", "").padEnd(5, "0");
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}

// The formats of the regular expressions above.
const wordedDays = ["%d %b %Y", "%d %B %Y"];
const wordedTimes = wordedDays.flatMap((date) => [`${date} %H:%M:%S`, `${date} %H:%M`]);
const halfDays = [...wordedDays, "%Y-%m-%d"].flatMap((date) => [`${date} %I:%M:%S %p`, `${date} %I:%M %p`]);

/** SQL that parses a text by the first format that fits; NULL if none does. */
const strptimeSql = (text: string, formats: readonly string[]) =>
  `try_strptime(${text}, [${formats.map((format) => `'${format}'`).join(", ")}])`;

/** SQL that parses "31 Jan 2024 18:05:00 +0100". With a zone, DuckDB accepts impossible days, so the text is also parsed without. */
const zonedSql = (text: string) =>
  `CASE WHEN ${strptimeSql(`regexp_replace(${text}, ' [+-]\\d{4}$', '')`, wordedTimes)} IS NOT NULL
    THEN ${strptimeSql(
      text,
      wordedTimes.map((time) => `${time} %z`),
    )} END`;

/**
 * SQL for the milliseconds since 1970 of a column of times, numbers or text; NULL if it is not a time.
 *
 * @param order as for `parseTime`
 */
export function timeSql(column: string, order?: DayOrder): string {
  const spaced = `regexp_replace(${wholeYearSql(column)}, '${digits}', '\\1-\\2-\\3 \\4:\\5:\\6\\7')`;
  const clocked = localClocks.reduce(
    (text, { pattern, clock }) => `regexp_replace(${text}, '${pattern}', '${clock.replaceAll("$", "\\")}')`,
    spaced,
  );
  const plain = `regexp_replace(${clocked}, '${logged}', '\\1 \\2 \\3 ')`;
  const opened = `regexp_replace(${plain}, '${closed}', '\\1-\\2-\\3\\4')`;
  const trimmed = `regexp_replace(${opened}, '${pointed}', '\\3-\\2-\\1')`;
  const text =
    order === undefined
      ? trimmed
      : `regexp_replace(${trimmed}, '${slashed}', '${order === "day-first" ? "\\3-\\2-\\1" : "\\3-\\1-\\2"}')`;
  const value = `${text}::DOUBLE`;
  const scale = scales.map(({ below, toMs }) => `WHEN abs(${value}) < ${below} THEN ${toMs}`).join(" ");
  const words = `replace(${text}, ',', '')`;
  return `CASE WHEN regexp_full_match(${text}, '-?\\d+(\\.\\d+)?')
    THEN CASE WHEN abs(${value}) < ${farthest} THEN round(${value} * CASE ${scale} ELSE ${nanoseconds} END)::BIGINT END
    ELSE epoch_ms(coalesce(
      try_cast(${text} AS TIMESTAMPTZ),
      ${strptimeSql(words, [...wordedTimes, ...wordedDays, ...halfDays])},
      ${zonedSql(words)}
    )) END`;
}

/** Whether milliseconds since 1970 come from a number of seconds that is rather a day, 20240131, as SQL. */
export const isDayNumberSql = (ms: string): string =>
  `CASE WHEN ${ms} BETWEEN 19700101000 AND 20991231000 AND ${ms} % 1000 = 0
   THEN try_strptime((${ms} // 1000)::VARCHAR, '%Y%m%d') IS NOT NULL ELSE false END`;

/** The milliseconds since 1970 of that day, as SQL. */
export const ofDayNumberSql = (ms: string): string =>
  `epoch_ms(strptime((${ms} // 1000)::VARCHAR, '%Y%m%d'))`;

/** Advice for days that a spreadsheet counts: 45292.25. */
export const sheetDayRemedy =
  "format the column as date and time in the spreadsheet, such as 2024-01-31 18:05, and export it again";

/**
 * Whether all of some milliseconds since 1970 come from numbers that are rather a spreadsheet's days, 45292.25 for 2024-01-01 06:00:
 * as seconds all of them would be on 1970-01-01. As SQL, an aggregate.
 */
export const areSheetDaysSql = (ms: string): string =>
  `coalesce(bool_and(${ms} BETWEEN 20000000 AND 80000000) AND bool_or(${ms} % 1000 <> 0), false)`;

/** `isSlashed` as SQL. */
export const isSlashedSql = (column: string): string =>
  `regexp_matches(${wholeYearSql(column)}, '${slashed}')`;

/** `hasShortYear` as SQL. */
export const hasShortYearSql = (column: string): string =>
  shortYear.map(({ pattern }) => `regexp_matches(trim(${column}::VARCHAR), '${pattern}')`).join(" OR ");

/** SQL for a column as trimmed text, with a four-digit year. */
const wholeYearSql = (column: string) =>
  shortYear.reduce(
    (text, { century, pattern }) => `regexp_replace(${text}, '${pattern}', '\\1${century}\\2')`,
    `trim(${column}::VARCHAR)`,
  );
