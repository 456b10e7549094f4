/** When a play was, from what a file says: in CSV and JSON by `parseTime`, in Parquet by `timeSql`, which take the same numbers. */

/** How times may be written, for messages. */
export const knownTimes =
  "times are read as 2024-01-31 18:05:00, with or without a zone, as 31.01.2024 18:05, as 31 Jan 2024, 18:05, or as numbers: seconds since 1970, or a position";

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
/** 31.01.2024: with points between, the day is first wherever people write so. */
const pointed = String.raw`^(\d{1,2})\.(\d{1,2})\.(\d{4}),?`;
const pointedDay = new RegExp(pointed);
const worded = new RegExp(`^\\d{1,2} [a-z]{3,9} \\d{4}(?:,? ${clock})?$`, "i");

/**
 * Milliseconds since 1970; a time without a zone is taken for UTC. Undefined where the text is no time, or one that could be two:
 * 01/02/2024 is not read.
 */
export function parseTime(text: string): number | undefined {
  const trimmed = text
    .trim()
    .replace(pointedDay, (_, d, m, year) => `${year}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`);
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) return fromNumber(Number(trimmed));
  const parts = iso.exec(trimmed);
  const time = parts
    ? Date.parse(
        `${parts[1]}-${parts[2]}-${parts[3]}T${(parts[4] ?? "00:00").replace(",", ".")}${zoneOf(parts[5])}`,
      )
    : worded.test(trimmed)
      ? Date.parse(`${trimmed.replace(",", "")} UTC`)
      : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function fromNumber(value: number): number | undefined {
  const scale = scales.find(({ below }) => Math.abs(value) < below)?.toMs ?? nanoseconds;
  return Math.abs(value) < farthest ? Math.round(value * scale) : undefined;
}

/** As ISO has it: "+01" is no zone of JavaScript's. */
function zoneOf(zone = "Z"): string {
  if (/^(Z|UTC)$/i.test(zone)) return "Z";
  const digits = zone.replace(":", "").padEnd(5, "0");
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}

// As the regular expression `worded` has them.
const wordedFormats = [
  "%d %b %Y %H:%M:%S",
  "%d %b %Y %H:%M",
  "%d %b %Y",
  "%d %B %Y %H:%M:%S",
  "%d %B %Y %H:%M",
  "%d %B %Y",
]
  .map((format) => `'${format}'`)
  .join(", ");

/** SQL that has milliseconds since 1970 of a column of times, numbers or text; NULL where it is no time. */
export function timeSql(column: string): string {
  const text = `regexp_replace(trim(${column}::VARCHAR), '${pointed}', '\\3-\\2-\\1')`;
  const value = `${text}::DOUBLE`;
  const scale = scales.map(({ below, toMs }) => `WHEN abs(${value}) < ${below} THEN ${toMs}`).join(" ");
  return `CASE WHEN regexp_full_match(${text}, '-?\\d+(\\.\\d+)?')
    THEN CASE WHEN abs(${value}) < ${farthest} THEN round(${value} * CASE ${scale} ELSE ${nanoseconds} END)::BIGINT END
    ELSE epoch_ms(coalesce(try_cast(${text} AS TIMESTAMPTZ), try_strptime(replace(${text}, ',', ''), [${wordedFormats}]))) END`;
}
