import { cut } from "../lib/cut.js";

/**
 * Names on the map, so that it can be read without pointing at anything. Each part of the stage has at most one, of the most important
 * point.
 */
export interface Label {
  readonly text: string;
  /** Its left end and its vertical centre, in CSS pixels. */
  readonly x: number;
  readonly y: number;
}

/** The most characters of a name. */
const longest = 28;
const part = { width: 130, height: 70 };
/** How many points are considered: enough to fill a view, few enough not to slow down a frame. */
const asked = 3000;
const [height, margin] = [16, 6];
/** From the middle of a point to its name: this, or the radius and three pixels. */
const gap = 7;

/**
 * @param points the most important first
 * @param at the position of a point on the stage, and its radius
 * @param nameOf the name of a point; equal names are shown once
 * @param measure the width of a text in CSS pixels
 */
export function labelsOf<Point>(
  points: readonly Point[],
  at: (point: Point) => { readonly x: number; readonly y: number; readonly radius: number },
  nameOf: (point: Point) => string,
  measure: (text: string) => number,
  stage: { readonly width: number; readonly height: number },
): Label[] {
  const placed: Array<Label & { readonly width: number }> = [];
  const written = new Set<string>();
  const taken = new Set<string>();
  for (const point of points.slice(0, asked)) {
    const { x: left, y, radius } = at(point);
    const x = left + Math.max(gap, radius + 3);
    if (x < 0 || x > stage.width || y < height || y > stage.height - height) continue;
    const here = `${Math.floor(left / part.width)},${Math.floor(y / part.height)}`;
    if (taken.has(here)) continue;
    const text = cut(nameOf(point), longest);
    if (text === "" || written.has(text)) continue;
    const width = measure(text);
    if (x + width > stage.width) continue;
    const meets = (other: (typeof placed)[number]) =>
      x < other.x + other.width + margin &&
      other.x < x + width + margin &&
      Math.abs(y - other.y) < height + margin;
    if (placed.some(meets)) continue;
    taken.add(here);
    written.add(text);
    placed.push({ text, x, y, width });
  }
  return placed;
}
