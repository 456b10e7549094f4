/** Splits text with a terminal's colour codes into pieces to show on a page. */
export interface Piece {
  readonly text: string;
  /** Words such as "red bold"; empty for plain text. */
  readonly look: string;
}

const colours = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/** Colours, cursor movements (ESC [ … letter), titles and links (ESC ] … BEL), and other sequences that begin with ESC. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes begin with ESC.
const code = /\x1b(?:\[([0-9;:?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[^[\]])/g;

/** Adds a line break to each line. Every line begins without a colour; text before a carriage return counts as overwritten. */
export function pieces(lines: readonly string[]): Piece[] {
  const found: Piece[] = [];
  for (const line of lines) {
    let look = new Set<string>();
    let at = 0;
    const add = (text: string) => {
      if (text === "") return;
      const words = [...look].join(" ");
      const last = found.at(-1);
      if (last?.look === words) found[found.length - 1] = { text: last.text + text, look: words };
      else found.push({ text, look: words });
    };
    const shown = `${line.slice(line.lastIndexOf("\r") + 1)}\n`;
    for (const match of shown.matchAll(code)) {
      add(shown.slice(at, match.index));
      at = match.index + match[0].length;
      if (match[2] === "m") look = after(look, match[1]!);
    }
    add(shown.slice(at));
  }
  return found;
}

/** The look after a code such as "1;31" (bold and red); ignores codes that the page does not show. */
function after(look: ReadonlySet<string>, codes: string): Set<string> {
  const next = new Set(look);
  const set = (word: string | undefined) => {
    for (const each of colours) next.delete(each);
    if (word !== undefined) next.add(word);
  };
  const numbers = codes.split(";").map(Number);
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i]!;
    if (number === 0) next.clear();
    else if (number === 1) next.add("bold");
    else if (number === 2) next.add("dim");
    else if (number === 22) for (const each of ["bold", "dim"]) next.delete(each);
    else if (number === 39) set(undefined);
    else if (number >= 30 && number <= 37) set(colours[number - 30]);
    else if (number >= 90 && number <= 97) set(colours[number - 90]);
    // 38;5;n and 38;2;r;g;b set an extended colour, 48 a background: skip their arguments.
    else if (number === 38 || number === 48) i += numbers[i + 1] === 5 ? 2 : 4;
  }
  return next;
}
