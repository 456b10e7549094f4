/**
 * Times of plays with dates such as 01/02/2024. Whether the day or the month is first is known only after reading all inputs, from
 * dates that can be read only one way. Until then such a time is kept in both readings.
 */
import { type Database, misuse, SegueError, sqlPath } from "../../../system/index.js";
import type { DayOrder } from "../raw-file-choices.js";
import {
  areSheetDaysSql,
  hasShortYear,
  hasShortYearSql,
  isDayNumberSql,
  isSlashed,
  isSlashedSql,
  ofDayNumberSql,
  parseTime,
  sheetDayRemedy,
  timeSql,
} from "./time-of-play.js";

/** Separates the day-first reading from the month-first one; a reading that is not a time is empty. */
const either = "|";

interface Place {
  readonly file: string;
  /** The line, from 1; for Parquet the row. */
  readonly line: number;
  readonly text: string;
}

/** "undecided": a date that can be read both ways. */
type Kind = DayOrder | "undecided";

export class PlayTimes {
  readonly #told: DayOrder | undefined;
  /** Where the first date of each kind is. */
  readonly #seen: Partial<Record<Kind, Place>> = {};
  /** Where the first two-digit year is. */
  #shortYear: Place | undefined;

  /** @param told the order of all dates; default: detected */
  constructor(told?: DayOrder) {
    this.#told = told;
  }

  /** The time in the form that rows keep and `column` reads; undefined if the text is not a time. */
  read(text: string, file: string, line: number): string | undefined {
    const time = this.#read(text, file, line);
    if (time !== undefined && this.#shortYear === undefined && hasShortYear(text))
      this.#shortYear = { file, line, text: text.trim() };
    return time;
  }

  #read(text: string, file: string, line: number): string | undefined {
    const sure = parseTime(text, this.#told);
    if (sure !== undefined) return String(sure);
    if (this.#told !== undefined || !isSlashed(text)) return undefined;
    const dayFirst = parseTime(text, "day-first");
    const monthFirst = parseTime(text, "month-first");
    if (dayFirst === monthFirst) return dayFirst === undefined ? undefined : String(dayFirst);
    this.#note(kindOf(dayFirst, monthFirst), { file, line, text });
    return `${dayFirst ?? ""}${either}${monthFirst ?? ""}`;
  }

  /** Like `read`, as SQL for a column of texts, times or numbers. Call `noteParquet` afterwards. */
  readSql(column: string): string {
    const text = (order?: DayOrder) => `${timeSql(column, order)}::VARCHAR`;
    if (this.#told !== undefined) return text(this.#told);
    const [day, month] = [text("day-first"), text("month-first")];
    return `CASE WHEN NOT ${isSlashedSql(column)} THEN ${text()}
      WHEN ${day} IS NOT DISTINCT FROM ${month} THEN ${day}
      ELSE concat(${day}, '${either}', ${month}) END`;
  }

  /**
   * Records which kinds of dates `readSql` has met.
   *
   * @param file `path`: its name for users; `stored`: its path; `part`: the rows written from it, with row_id, time and reason;
   *   `column`: the file's column, as SQL
   */
  async noteParquet(
    database: Database,
    file: { path: string; stored: string; part: string; column: string; firstRowId: number },
  ): Promise<void> {
    const { path, part, column, firstRowId } = file;
    const stored = `read_parquet(${sqlPath(file.stored)}, file_row_number = true)`;
    const met = await database.rows<{ time: string; row: number }>(
      `SELECT min_by(time, row_id) AS time, min(row_id) - ${firstRowId} AS row FROM ${part}
       WHERE reason IS NULL AND contains(time, '${either}')
       GROUP BY starts_with(time, '${either}'), ends_with(time, '${either}')`,
    );
    for (const { time, row } of met) {
      const { text } = await database.row<{ text: string }>(
        `SELECT ${column}::VARCHAR AS text FROM ${stored} WHERE file_row_number = ${row}`,
      );
      const [day, month] = time.split(either).map((ms) => (ms === "" ? undefined : Number(ms)));
      this.#note(kindOf(day, month), { file: path, line: Number(row) + 1, text });
    }
    if (this.#shortYear !== undefined) return;
    const [short] = await database.rows<{ text: string; row: number }>(
      `SELECT trim(${column}::VARCHAR) AS text, file_row_number AS row
       FROM ${stored}
       WHERE ${hasShortYearSql(column)} ORDER BY file_row_number LIMIT 1`,
    );
    if (short !== undefined) this.#shortYear = { file: path, line: Number(short.row) + 1, text: short.text };
  }

  /**
   * SQL for the milliseconds since 1970 in the column "time" of the rows. If all times are numbers such as 20240131, they are days.
   *
   * @param rows the rows with times, as SQL
   * @throws SegueError if some dates have the day first and others the month; (misuse) if no date tells which
   */
  async column(database: Database, rows: string): Promise<string> {
    const column = this.#column();
    const { areDays } = await database.row<{ areDays: boolean }>(
      `SELECT count(*) > 0 AND bool_and(${isDayNumberSql(column)}) AS "areDays" FROM ${rows}`,
    );
    return areDays ? ofDayNumberSql(column) : column;
  }

  /**
   * Refuses days that a spreadsheet counts, 45292.25. They are in order, but pauses between them cannot be measured in minutes: the
   * same file may have whole numbers, and a number of seconds looks no different.
   *
   * @param played as `column` returns it
   * @throws SegueError (misuse)
   */
  async requirePauses(database: Database, rows: string, played: string): Promise<void> {
    const { areSheetDays, first } = await database.row<{ areSheetDays: boolean; first: number }>(
      `SELECT ${areSheetDaysSql(played)} AS "areSheetDays", min(${played}) AS first FROM ${rows}`,
    );
    if (areSheetDays)
      throw misuse(
        `the times are days as spreadsheets count them, such as ${first / 1000}: pauses between plays cannot be told`,
        sheetDayRemedy,
      );
  }

  #column(): string {
    const order = this.#order();
    if (order === undefined) return "time::BIGINT";
    const place = order === "day-first" ? 1 : -1;
    // The reading may be empty if the row was rejected for another reason.
    return `nullif(split_part(time::VARCHAR, '${either}', ${place}), '')::BIGINT`;
  }

  /** Lines for the output about detected orders and assumptions. */
  notes(): string[] {
    const order = this.#order();
    const found = order ? [`dates are read ${order}, as ${placeText(this.#seen[order]!)} shows`] : [];
    const short = this.#shortYear;
    // Without a known order, all dates are the same day in both readings.
    const time = short && parseTime(short.text, this.#told ?? order ?? "day-first");
    if (short === undefined || time === undefined) return found;
    const day = new Date(time).toISOString().slice(0, 10);
    return [...found, `a two-digit year is taken to be last: ${placeText(short)} is ${day}`];
  }

  /** Undefined if all dates are unambiguous. */
  #order(): DayOrder | undefined {
    const { "day-first": day, "month-first": month, undecided } = this.#seen;
    if (day !== undefined && month !== undefined)
      throw new SegueError(
        `some dates have the day first and others the month: ${placeText(day)} and ${placeText(month)}`,
        {
          hint: "write all in one order, or clean the files of each order separately; --dates day-first (or month-first) reads all in that order, and rejects those that do not fit",
          code: "mixed-dates",
        },
      );
    if (day !== undefined) return "day-first";
    if (month !== undefined) return "month-first";
    if (undecided === undefined) return undefined;
    throw misuse(
      `${undecided.file}, line ${undecided.line}: cannot tell the day from the month in "${undecided.text}", or in any other date`,
      "say which is first: --dates day-first or --dates month-first",
    );
  }

  #note(kind: Kind, place: Place): void {
    this.#seen[kind] ??= { ...place, text: place.text.trim() };
  }
}

const kindOf = (dayFirst: number | undefined, monthFirst: number | undefined): Kind =>
  monthFirst === undefined ? "day-first" : dayFirst === undefined ? "month-first" : "undecided";

const placeText = ({ file, line, text }: Place) => `${file}, line ${line} ("${text}")`;
