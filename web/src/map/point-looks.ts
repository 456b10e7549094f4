/** The look of points: a colour per genre word, a size by plays; found or chosen points stand out. */
import type { Selection } from "./selection.svelte.js";

const shades = ["--c0", "--c1", "--c2", "--c3"];

/** The CSS variable with the colour of a word. */
export const variableOf = (word: string, genres: readonly string[]) =>
  word === "unknown" ? "--muted" : shades[genres.indexOf(word) % shades.length]!;

/** Red, green, blue and alpha of each point, 0 … 255, in the page's theme. */
export function pointColours(selection: Selection): Uint8Array {
  const { map, words, found, chosen } = selection;
  const style = getComputedStyle(document.documentElement);
  const shade = new Map(
    words.map((word) => [word, rgb(style.getPropertyValue(variableOf(word, map.genres)).trim())]),
  );
  const bright = found ? new Set(found) : chosen.length > 0 ? new Set(chosen) : undefined;
  const colours = new Uint8Array(map.points.length * 4);
  map.points.forEach(({ genre }, i) => {
    // Points without a word are dimmed only if others have one.
    const dim = genre === "unknown" && map.agreement.tracks > 0 ? 90 : 200;
    const alpha = !selection.isShown(i) ? 0 : bright ? (bright.has(i) ? 255 : 26) : dim;
    colours.set([...shade.get(genre)!, alpha], 4 * i);
  });
  return colours;
}

const rgb = (hex: string): number[] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** Diameters in CSS pixels, by plays; smaller if there are many points. */
export function pointSizes({ map: { points } }: Selection): Float32Array {
  const most = Math.sqrt(Math.max(...points.slice(0, 50).map((point) => point.plays), 1));
  const crowd = Math.max(0.25, Math.min(1, Math.sqrt(5000 / points.length)));
  return Float32Array.from(points, ({ plays }) => Math.max(2, crowd * (4 + (14 * Math.sqrt(plays)) / most)));
}
