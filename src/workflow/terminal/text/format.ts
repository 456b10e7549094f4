/** Sizes, colours and columns for people. */
import { styleText } from "node:util";
import { textWidth } from "../../../system/index.js";
import { uncoloured } from "./printable.js";

/** "1 run", "2 runs". */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** A confidence interval. If all or none hit, the bootstrap shows no spread, which is not certainty: "–". */
export const interval = ([low, high]: readonly [number, number]): string =>
  low === high ? "–" : `${low.toFixed(3)}–${high.toFixed(3)}`;

/** "812 B", "1.4 MiB". */
export function bytes(size: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let at = 0;
  let left = size;
  while (left >= 1024 && at < units.length - 1) {
    left /= 1024;
    at++;
  }
  return at === 0 ? `${left} B` : `${left.toFixed(1)} ${units[at]}`;
}

/** Colours the text if standard output is a terminal and NO_COLOR is not set. */
export function colour(format: "red" | "green" | "yellow" | "dim" | "bold", text: string): string {
  const wanted = process.stdout.isTTY === true && !process.env.NO_COLOR;
  return wanted ? styleText(format, uncoloured(text)) : text;
}

/** Rows as aligned columns; the last cell of a row, such as a title alone, is not padded and widens none. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.slice(0, -1).entries()) widths[i] = Math.max(widths[i] ?? 0, textWidth(cell));
  }
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell + " ".repeat(widths[i]! - textWidth(cell))))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The colour of a run's or a task's status. */
export function colourOfStatus(status: string): "red" | "green" | "yellow" {
  if (status === "done") return "green";
  return status === "running" ? "yellow" : "red";
}

/** "2026-01-31 09:05:07" in this machine's time. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
