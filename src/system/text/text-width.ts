/** How wide text is on a terminal. */

/** Cuts text to a width in columns; colour codes take none, East Asian characters and emoji two. */
export function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let used = 0;
  let kept = "";
  let isCut = false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with ESC.
  for (const [part] of text.matchAll(/\x1b\[[0-9;]*m|\P{M}\p{M}*/gsu)) {
    if (part.startsWith("\x1b")) kept += part;
    else if (!isCut) {
      used += widthOf(part.codePointAt(0)!);
      isCut = used > width - 1;
      kept += isCut ? "…" : part;
    }
  }
  return kept;
}

/** Columns that text takes on a terminal. */
export function textWidth(text: string): number {
  let width = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with ESC.
  const bare = text.replace(/\x1b\[[0-9;]*m/g, "").replace(/\p{M}/gu, "");
  for (const character of bare) width += widthOf(character.codePointAt(0)!);
  return width;
}

/** Ranges of characters that take two columns: Hangul, CJK, full-width forms, emoji. */
const wide = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
] as const;

function widthOf(code: number): number {
  return wide.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}
