/** Draws over the points: names, the lasso, a path, rings around points. */
import { labelsOf } from "./labels.js";
import type { Scatter } from "./scatter.js";
import type { Selection } from "./selection.svelte.js";
import { trackOf } from "./track-of.js";

/** The radius of the ring around a point, in CSS pixels. */
const ringOf = (radius: number) => Math.max(9, radius + 2);

export class Overlay {
  readonly #canvas: HTMLCanvasElement;
  readonly #scatter: Scatter;
  readonly #selection: Selection;
  /** A cache, since measuring is the slowest part of labels and panning would repeat it in every frame. */
  readonly #widths = new Map<string, number>();

  constructor(canvas: HTMLCanvasElement, scatter: Scatter, selection: Selection) {
    this.#canvas = canvas;
    this.#scatter = scatter;
    this.#selection = selection;
  }

  /**
   * @param hovered the point under the pointer; -1 for none
   * @param lasso x0, y0, x1, y1, … on the map, drawn so far
   */
  draw(hovered: number, lasso: readonly number[]): void {
    const context = this.#canvas.getContext("2d");
    if (!context) return;
    const { clientWidth, clientHeight } = this.#canvas;
    const ratio = Math.min(2, devicePixelRatio);
    this.#canvas.width = clientWidth * ratio;
    this.#canvas.height = clientHeight * ratio;
    context.scale(ratio, ratio);
    const { mode, chosen, start, alone } = this.#selection;
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--ink");
    const pen = () => {
      context.strokeStyle = ink;
      context.lineWidth = 2;
    };
    pen();
    const line = (count: number, at: (i: number) => { x: number; y: number }) => {
      context.beginPath();
      for (let i = 0; i < count; i++) context.lineTo(at(i).x, at(i).y);
      context.stroke();
    };
    if (lasso.length > 2)
      line(lasso.length / 2, (i) => this.#scatter.toScreen(lasso[2 * i]!, lasso[2 * i + 1]!));
    if (mode === "path" && chosen.length > 1) line(chosen.length, (i) => this.#at(chosen[i]!));
    this.#drawNames(context, style);
    pen();
    for (const i of [hovered, start, alone]) {
      if (i < 0) continue;
      context.beginPath();
      const { x, y, radius } = this.#at(i);
      context.arc(x, y, ringOf(radius), 0, 7);
      context.stroke();
    }
  }

  /** Draws names of artists, or of songs if some are chosen or found. */
  #drawNames(context: CanvasRenderingContext2D, style: CSSStyleDeclaration): void {
    const { chosen, found, shown, map, start, alone } = this.#selection;
    const some = found ? [...chosen, ...found] : chosen.length > 0 ? chosen : undefined;
    context.font = `600 12px ${style.fontFamily}`;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = style.getPropertyValue("--back");
    context.fillStyle = style.getPropertyValue("--ink");
    const labels = labelsOf(
      some ?? shown,
      (i) => {
        const at = this.#at(i);
        // Beside its ring, not across it.
        return i === start || i === alone ? { ...at, radius: ringOf(at.radius) } : at;
      },
      (i) => (some ? trackOf(map.points[i]!).title : (map.points[i]!.artist ?? map.points[i]!.track)),
      (text) => {
        const width = this.#widths.get(text) ?? context.measureText(text).width;
        this.#widths.set(text, width);
        return width;
      },
      { width: this.#canvas.clientWidth, height: this.#canvas.clientHeight },
    );
    for (const { text, x, y } of labels) {
      context.strokeText(text, x, y);
      context.fillText(text, x, y);
    }
  }

  #at(i: number): { x: number; y: number; radius: number } {
    const { x, y } = this.#selection.map.points[i]!;
    return { ...this.#scatter.toScreen(x, y), radius: this.#scatter.radiusOf(i) };
  }
}
