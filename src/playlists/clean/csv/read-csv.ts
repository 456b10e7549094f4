/** Reads one CSV file into the row writer. */
import { SegueError, type TextSource, textChunks } from "../../../system/index.js";
import { type Rejects, toldText } from "../rejects.js";
import type { RowWriter } from "../row-writer.js";
import type { PlayTimes } from "../times/play-times.js";
import type { CsvHeader, HeaderOptions } from "./csv-header.js";
import { CsvScanner, type OnReject } from "./csv-scanner.js";
import { findHeader } from "./find-header.js";

export interface CsvOptions extends HeaderOptions {
  readonly times: PlayTimes;
}

const longestLine = 1 << 26;
const tab = 0x09;
const lineFeed = 0x0a;

/**
 * @param firstRowId the number of the first row; rejected rows are numbered, too
 * @returns the number of rows in the file, the columns as in `CsvHeader`, and the header's line number if other lines are above it
 */
export async function readCsv(
  source: TextSource,
  options: CsvOptions,
  firstRowId: number,
  writer: RowWriter,
  rejects: Rejects,
): Promise<{ rows: number; headerLine?: number | undefined } & Pick<CsvHeader, "held" | "spareTime">> {
  let buffer = Buffer.alloc(0);
  let filled = 0;
  let line = 1;
  let scanner: CsvScanner | undefined;
  let header: CsvHeader | undefined;
  let headerLine: number | undefined;
  const onReject: OnReject = (at, reason, detail, text) => {
    const isOfQuotes = reason === "unclosed quote" || reason === "text after a closing quote";
    rejects.add(
      { file: source.path, line: at, reason, detail, text: toldText(text) },
      isOfQuotes ? quotesRemedy(header!, text) : undefined,
    );
  };

  const work = (last: boolean) => {
    let from = 0;
    if (scanner === undefined) {
      const bytes = buffer.subarray(0, filled);
      ({ from, line, header, headerLine } = findHeader(bytes, line, last, source.path, options));
      if (header !== undefined)
        scanner = new CsvScanner(header, writer, onReject, {
          firstLine: line,
          firstRowId,
          readTime: (text, at) => options.times.read(text, source.path, at),
        });
    }
    if (from > 0) {
      buffer.copyWithin(0, from, filled);
      filled -= from;
    }
    if (scanner === undefined) return;
    const done = scanner.scan(buffer, filled, last);
    buffer.copyWithin(0, done, filled);
    filled -= done;
  };

  for await (const chunk of textChunks(source)) {
    if (filled + chunk.length > buffer.length) {
      if (filled > longestLine)
        throw new SegueError(
          `${source.path}, line ${scanner?.line ?? line} is longer than ${longestLine >> 20} MiB`,
          { hint: "is this a text file with one row per line?" },
        );
      const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, filled + chunk.length));
      buffer.copy(grown, 0, 0, filled);
      buffer = grown;
    }
    chunk.copy(buffer, filled);
    filled += chunk.length;
    // Without the end of a line there is nothing new to read; looking for it again in all of a long line would take quadratic time.
    if (chunk.includes(lineFeed)) work(false);
  }
  work(true);
  const { held, spareTime } = header!;
  return { rows: scanner!.rows, held, spareTime, headerLine };
}

/** Advice for a line with unusual quotes. */
function quotesRemedy({ delimiter, escape: escapeByte }: CsvHeader, text: Buffer): string | undefined {
  if (escapeByte === -1 && text.includes('\\"'))
    return 'is \\" a quote within quotes? Then pass --escape backslash';
  return delimiter === tab ? "are quotes ordinary characters? Then pass --escape none" : undefined;
}
