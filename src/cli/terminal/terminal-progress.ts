/** A progress line on a terminal, rewritten in place; nothing in a pipe or a log. */
import { type Progress, throttled } from "../../system/index.js";
import { printable } from "../../workflow/terminal/text/printable.js";

/** `progress` draws the line, `clear` erases it before other output, `tell` prints a message above it. */
export function terminalProgress(stream: NodeJS.WriteStream = process.stderr): {
  progress: Progress;
  clear: () => void;
  tell: (line: string) => void;
} {
  const tell = (line: string) => {
    stream.write(`${line}\n`);
  };
  if (!stream.isTTY) return { progress: () => {}, clear: () => {}, tell };
  return {
    tell: (line) => tell(`\r\x1b[2K${printable(line)}`),
    progress: throttled(({ task, done, total, unit = "", note }) => {
      const amount =
        total === undefined ? `${shown(done)} ${unit}` : `${Math.floor((100 * done) / (total || 1))} %`;
      const line = printable(`${task} ${amount.trim()}${note ? ` (${note})` : ""}`);
      stream.write(`\r\x1b[2K${line.slice(0, (stream.columns || 80) - 1)}`);
    }),
    clear: () => {
      stream.write("\r\x1b[2K");
    },
  };
}

const shown = (count: number) => count.toLocaleString("en");
