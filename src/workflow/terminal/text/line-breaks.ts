/** Breaks what is too long for a line of a terminal. */
import { textWidth } from "../../../system/index.js";

/** Parts in lines of at most `width` columns; a longer part stays whole. */
export function packed(parts: readonly string[], width = 80, between = "  "): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const joined = lines.length === 0 ? part : `${lines.at(-1)}${between}${part}`;
    if (lines.length > 0 && textWidth(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(part);
  }
  return lines;
}

/** Lines of at most `width` columns, broken at spaces; a longer word stays whole. */
export const wrapped = (text: string, width: number): string[] => packed(text.split(" "), width, " ");

/** A line of more than 80 columns broken after its commas where that is possible; the lines after the first are indented. */
export function folded(line: string): string[] {
  if (textWidth(line) <= 80) return [line];
  const parts = line.match(/.{1,77}(?:,|$)|.+?(?:,|$)/gs)!;
  return parts.map((part, i) => (i === 0 ? part : `  ${part.trimStart()}`));
}
