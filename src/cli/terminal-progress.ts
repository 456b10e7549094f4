/** One line of progress on a terminal, rewritten in place; nothing at all in a pipe or a log. */
import { type Progress, throttled } from "../system/index.js";

/** `progress` draws, `clear` wipes the line before something else is printed. */
export function terminalProgress(stream: NodeJS.WriteStream = process.stderr): {
  progress: Progress;
  clear: () => void;
} {
  if (!stream.isTTY) return { progress: () => {}, clear: () => {} };
  return {
    progress: throttled(({ task, done, total, unit = "", note }) => {
      const amount =
        total === undefined ? `${shown(done)} ${unit}` : `${Math.floor((100 * done) / (total || 1))} %`;
      const line = `${task} ${amount.trim()}${note ? ` (${note})` : ""}`;
      stream.write(`\r\x1b[2K${line.slice(0, (stream.columns || 80) - 1)}`);
    }),
    clear: () => {
      stream.write("\r\x1b[2K");
    },
  };
}

const shown = (count: number) => count.toLocaleString("en");
