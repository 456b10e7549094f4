/** When a play was, from what a file says: in CSV and JSON by `parseTime`, in Parquet by `timeSql`, which take the same numbers. */
import type { DayOrder } from "./raw-file-choices.js";

const knownTimes =
  "times are read as 2024-01-31 18:05:00, with or without a zone, as 31.01.2024 18:05, as 31/01/2024 18:05 or 01/31/2024 6:05 PM (or with 24 for 2024), as 31 Jan 2024, 18:05 or 31/Jan/2024:18:05:00 +0000, or as numbers: seconds since 1970, or a position";

// A number is in seconds, unless that would be past the year 5000; so on for milliseconds and microseconds.
const scales = [
  { below: 1e11, toMs: 1000 },
  { below: 1e14, toMs: 1 },
  { below: 1e17, toMs: 1e-3 },
] as const;
const nanoseconds = 1e-6;
/** Nanoseconds of JavaScript's last day, which is in the year 275760. */
const farthest = 8.64e21;

const day = String.raw`(\d{4})[-/](\d{2})[-/](\d{2})`;
const clock = String.raw`\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?`;
const iso = new RegExp(`^${day}(?:[T ]+(${clock}))?\\s*(Z|UTC|[+-]\\d{2}(?::?\\d{2})?)?$`, "i");
/** 2024/1/31, as spreadsheets write it where the year comes first. */
const yearFirst = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)/;
/** 31/01/24: the year is last, and in the century that strptime has it in. */
const shortYear = [
  { century: "20", pattern: String.raw`^(\d{1,2}[-/.]\d{1,2}[-/.])([0-5]\d|6[0-8])\b` },
  { century: "19", pattern: String.raw`^(\d{1,2}[-/.]\d{1,2}[-/.])(69|[7-9]\d)\b` },
] as const;
const shortYears = shortYear.map(({ century, pattern }) => ({ century, pattern: new RegExp(pattern) }));
/** 31.01.2024: with points between, the day is first wherever people write so. */
const pointed = String.raw`^(\d{1,2})\.(\d{1,2})\.(\d{4}),?`;
const pointedDay = new RegExp(pointed);
/** 31/01/2024 or 01/31/2024: which of them it is stands nowhere in the text. */
const slashed = String.raw`^(\d{1,2})[-/](\d{1,2})[-/](\d{4}),?`;
const slashedDay = new RegExp(slashed);
const worded = new RegExp(`^(\\d{1,2}) [a-z]{3,9} \\d{4}(?:,? ${clock}( [+-]\\d{4})?)?$`, "i");
/** 31/Jan/2024:18:05:00 +0100, as web and stream servers write it. */
const logged = String.raw`^(\d{2})/([A-Za-z]{3})/(\d{4}):`;
const loggedDay = new RegExp(logged);
/** 6:05 PM, and 9:05 as spreadsheets write it. */
const looseClock = /(?<=[ ,T])(\d{1,2})(:\d{2}(?::\d{2})?)(?:\s?([ap])m$)?/i;

/** Whether a text begins with a date that is one time day first and another month first. */
export const isSlashed = (text: string): boolean => slashedDay.test(wholeYear(text.trim()));

/** Whether a text begins with a date whose year has two digits, and so may be a day in other hands: 24/01/31. */
export function hasShortYear(text: string): boolean {
  const trimmed = text.trim();
  return beginsShort(trimmed) && shortYears.some(({ pattern }) => pattern.test(trimmed));
}

/** Whether a sign of a date stands behind one or two letters: told at once, of every play, since most times begin with a year. */
function beginsShort(text: string): boolean {
  const isSign = (code: number) => code >= 0x2d && code <= 0x2f;
  return isSign(text.charCodeAt(1)) || isSign(text.charCodeAt(2));
}

/** With the year in four digits where it has two. */
const wholeYear = (text: string) =>
  beginsShort(text)
    ? shortYears.reduce((whole, { century, pattern }) => whole.replace(pattern, `$1${century}$2`), text)
    : text;

/**
 * Milliseconds since 1970; a time without a zone is taken for UTC. Undefined where the text is no time, or one that could be two:
 * 01/02/2024 is read only in an order that is given.
 */
export function parseTime(text: string, order?: DayOrder): number | undefined {
  const trimmed = wholeYear(text.trim());
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) return fromNumber(Number(trimmed));
  const time = parseUsual(trimmed) ?? parseUsual(usual(trimmed, order)) ?? Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** NaN or undefined where the text is no time as ISO or words have it. */
function parseUsual(text: string): number | undefined {
  const parts = iso.exec(text);
  if (parts === null) return parseWorded(text);
  const [, year, month, date, clock = "00:00", zone] = parts;
  // For JavaScript the 31st of February is the 2nd of March.
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

/** How many days a month has; years repeat after 400, and those before 100 are others for JavaScript. */
const daysOf = (year: number, month: number) =>
  new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();

/** A time that is written otherwise, as ISO has it; the same text where that is not known. */
function usual(text: string, order: DayOrder | undefined): string {
  const iso8601 = (year: string, month: string, date: string) =>
    `${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`;
  return text
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

const clockAlone = /^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?(\s?[ap]m)?$/i;

/** What may make a play usable whose time is none. */
export function timeRemedy(text: string): string {
  return isClockAlone(text)
    ? 'a clock needs its day: if a column has it, name both, --columns "time=DAY+CLOCK"; otherwise leave out --session-gap and time=, and plays keep line order'
    : knownTimes;
}

const midnight = "[ T]00:00(:00([.,]0+)?)?$";
const noClock = "(no clock)";

const anyClock = "[ T][0-9]{1,2}:[0-9]{2}";

/**
 * A day and a clock that stand apart, as one text. Without the clock it is no time. The day may be one that begins at midnight; where
 * it has a clock that says more, that is its time.
 */
export function withClock(day: string, clock: string): string {
  const bare = day.trim().replace(new RegExp(midnight), "");
  return new RegExp(anyClock).test(bare) ? bare : `${bare} ${clock.trim() || noClock}`;
}

/** SQL as of `withClock`. */
export function withClockSql(day: string, clock: string): string {
  const bare = `regexp_replace(trim(${day}::VARCHAR), '${midnight}', '')`;
  const both = `concat(${bare}, ' ', coalesce(nullif(trim(${clock}::VARCHAR), ''), '${noClock}'))`;
  return `CASE WHEN regexp_matches(${bare}, '${anyClock}') THEN ${bare} ELSE ${both} END`;
}

function fromNumber(value: number): number | undefined {
  const scale = scales.find(({ below }) => Math.abs(value) < below)?.toMs ?? nanoseconds;
  return Math.abs(value) < farthest ? Math.round(value * scale) : undefined;
}

/** The hour of the whole day, in two digits. Thirteen o'clock in the afternoon stays as it is, which is no time. */
function wholeClock(text: string, hour: string, rest: string, half: string | undefined): string {
  if (half === undefined) return `${hour.padStart(2, "0")}${rest}`;
  if (Number(hour) < 1 || Number(hour) > 12) return text;
  return `${String((Number(hour) % 12) + (/p/i.test(half) ? 12 : 0)).padStart(2, "0")}${rest}`;
}

/** As ISO has it: "+01" is no zone of JavaScript's. */
function zoneOf(zone = "Z"): string {
  if (/^(Z|UTC)$/i.test(zone)) return "Z";
  const digits = zone.replace(":", "").padEnd(5, "0");
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}

// As the regular expressions have them.
const wordedDays = ["%d %b %Y", "%d %B %Y"];
const wordedTimes = wordedDays.flatMap((date) => [`${date} %H:%M:%S`, `${date} %H:%M`]);
const halfDays = [...wordedDays, "%Y-%m-%d"].flatMap((date) => [`${date} %I:%M:%S %p`, `${date} %I:%M %p`]);

/** SQL of a text as the first of these formats that it has; NULL where it has none. */
const strptimeSql = (text: string, formats: readonly string[]) =>
  `try_strptime(${text}, [${formats.map((format) => `'${format}'`).join(", ")}])`;

/** SQL of "31 Jan 2024 18:05:00 +0100". With a zone DuckDB takes days that the month has not, so they are looked at without. */
const zonedSql = (text: string) =>
  `CASE WHEN ${strptimeSql(`regexp_replace(${text}, ' [+-]\\d{4}$', '')`, wordedTimes)} IS NOT NULL
    THEN ${strptimeSql(
      text,
      wordedTimes.map((time) => `${time} %z`),
    )} END`;

/**
 * SQL that has milliseconds since 1970 of a column of times, numbers or text; NULL where it is no time.
 *
 * @param order as of `parseTime`
 */
export function timeSql(column: string, order?: DayOrder): string {
  const plain = `regexp_replace(${wholeYearSql(column)}, '${logged}', '\\1 \\2 \\3 ')`;
  const trimmed = `regexp_replace(${plain}, '${pointed}', '\\3-\\2-\\1')`;
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

/** SQL as of `isSlashed`. */
export const isSlashedSql = (column: string): string =>
  `regexp_matches(${wholeYearSql(column)}, '${slashed}')`;

/** SQL as of `hasShortYear`. */
export const hasShortYearSql = (column: string): string =>
  shortYear.map(({ pattern }) => `regexp_matches(trim(${column}::VARCHAR), '${pattern}')`).join(" OR ");

/** SQL of a column as text without blanks around it, with the year in four digits. */
const wholeYearSql = (column: string) =>
  shortYear.reduce(
    (text, { century, pattern }) => `regexp_replace(${text}, '${pattern}', '\\1${century}\\2')`,
    `trim(${column}::VARCHAR)`,
  );
