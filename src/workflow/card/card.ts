/** What a step wants to be seen, block by block: it becomes one HTML page that can be read while the step runs. */
import type { TaskFailure } from "../types.js";

export interface ValueBox {
  readonly title: string;
  readonly value: string | number;
  readonly note?: string;
}

/** A progress bar that the step moves. */
export interface ProgressBar {
  update(done: number, note?: string): void;
}

export interface Card {
  /** A page's title; default: the step's name. */
  title(text: string): void;
  /** CommonMark's common part: headings, lists, emphasis, code, links, quotes. HTML in it is shown, not run. */
  markdown(text: string): void;
  /** Rows as a table; numbers are aligned right. `highlight` marks a row. */
  table(
    rows: readonly object[],
    options?: { caption?: string; columns?: readonly string[]; highlight?: number },
  ): void;
  /** A Vega-Lite specification, drawn as SVG. It is dark where the page is, unless it names colours of its own: then it stays light. */
  chart(spec: object, options?: { caption?: string }): void;
  /** An image: PNG, JPEG or WebP bytes, or SVG text. */
  image(contents: Uint8Array | string, options?: { caption?: string; alt?: string }): void;
  /** A few figures in boxes side by side. */
  values(boxes: readonly ValueBox[]): void;
  progress(title: string, total: number, unit?: string): ProgressBar;
  error(error: TaskFailure | Error): void;
}
