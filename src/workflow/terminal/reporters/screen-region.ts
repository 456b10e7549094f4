/**
 * A region at the bottom of a terminal that is redrawn in place, below lines that stay. Each line overwrites the previous one, so
 * that it does not flicker; lines that are too long are cut, so that the position is never lost.
 */
import { cut } from "../../../system/index.js";

/** The part of `process.stdout` that is used. */
export interface Screen {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const esc = "\x1b[";

export class ScreenRegion {
  readonly #screen: Screen;
  /** How many lines are currently drawn. */
  #drawn = 0;
  #above: string[] = [];

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** How many lines fit, leaving one for the cursor. */
  get room(): number {
    return Math.max(1, (this.#screen.rows || 24) - 1);
  }

  get width(): number {
    return Math.max(20, this.#screen.columns || 80);
  }

  /** Adds a permanent line above the region; shown at the next `draw`. */
  print(line: string): void {
    this.#above.push(line);
  }

  draw(lines: readonly string[]): void {
    const up = this.#drawn > 0 ? `${esc}${this.#drawn}A` : "";
    // Lines above may have any length: the terminal wraps them, and the region is erased first.
    const above = this.#above.map((line) => `${esc}2K${line}\n`).join("");
    const wipe = `${esc}J`;
    const shown = lines.slice(0, this.room);
    const region = shown.map((line) => `${esc}2K${cut(line, this.width - 1)}\n`).join("");
    this.#screen.write(`${esc}?25l\r${up}${above === "" ? "" : wipe + above}${region}${wipe}${esc}?25h`);
    this.#above = [];
    this.#drawn = shown.length;
  }
}
