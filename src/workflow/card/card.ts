/** A step's card: blocks that make up one HTML page, which can be viewed while the step runs. */

/** A figure in a box. */
export interface ValueBox {
  readonly title: string;
  readonly value: string | number;
  readonly note?: string;
}

/** A progress bar, updated by the step. */
export interface ProgressBar {
  update(done: number, note?: string): void;
}

export interface Card {
  /** Sets the page's title; default: the step's name. */
  title(text: string): void;
  /** A subset of Markdown: headings, lists, emphasis, code, links, quotes, tables. HTML in it is shown as text. */
  markdown(text: string): void;
  /** Rows as a table; numbers are right-aligned. `highlight` is the index of a row to mark. */
  table(
    rows: readonly object[],
    options?: { caption?: string; columns?: readonly string[]; highlight?: number },
  ): void;
  /** A Vega-Lite specification, drawn as SVG. It follows the page's theme, unless it sets its own colours: then it stays light. */
  chart(spec: object, options?: { caption?: string }): void;
  /** An image: PNG, JPEG or WebP bytes, or SVG text. */
  image(contents: Uint8Array | string, options?: { caption?: string; alt?: string }): void;
  /** Figures in boxes side by side. */
  values(boxes: readonly ValueBox[]): void;
  progress(title: string, total: number, unit?: string): ProgressBar;
  /** What was thrown, or an artifact of `catch`. */
  error(error: unknown): void;
}
