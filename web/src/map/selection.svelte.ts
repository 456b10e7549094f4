/** Which points of the map are shown, found and chosen. */
import type { MusicMap } from "../../../src/analysis/index.js";
import { holds, namesIn, plain } from "./holds.js";
import { Places } from "./places.js";
import { thinned } from "./thinned.js";
import { trackOf } from "./track-of.js";

export type Mode = "pan" | "lasso" | "path";

/** The maximum number of tracks to listen to. */
const mostHeard = 200;

export class Selection {
  readonly map: MusicMap;
  /** The words that points are coloured by, of those that any has; "unknown" stands for points without one. */
  readonly words: readonly string[];
  /** x0, y0, x1, y1, … of all points. */
  readonly positions: Float32Array;
  readonly #places: Places;
  #mode = $state<Mode>("pan");
  #chosen = $state.raw<readonly number[]>([]);
  #start = $state(-1);
  #hidden = $state.raw<ReadonlySet<string>>(new Set());
  /** The search text. */
  text = $state("");

  constructor(map: MusicMap) {
    this.map = map;
    const used = new Set(map.points.map(({ genre }) => genre));
    this.words = [...map.genres, "unknown"].filter((word) => used.has(word));
    this.positions = Float32Array.from(map.points.flatMap((point) => [point.x, point.y]));
    this.#places = new Places(this.positions, (i) => this.isShown(i));
  }

  get mode(): Mode {
    return this.#mode;
  }

  /** Chosen points, in the order of the path or else most played first. Found points are not chosen automatically. */
  get chosen(): readonly number[] {
    return this.#chosen;
  }

  /** The start of a path without a goal yet; -1 for none. */
  get start(): number {
    return this.#start;
  }

  /** The only chosen point; -1 if there is not exactly one. */
  readonly alone = $derived.by(() => (this.#chosen.length === 1 ? this.#chosen[0]! : -1));

  /** The points to listen to: evenly spread along a path, or else the most played ones. */
  readonly heard = $derived.by(() =>
    this.#mode === "path" ? thinned(this.#chosen, mostHeard) : this.#chosen.slice(0, mostHeard),
  );

  /** The points that match the search, most played first; undefined if the search is empty. */
  readonly found = $derived.by(() => {
    const wanted = this.text.trim();
    const finding = (texts: readonly string[]) =>
      this.shown.filter((i) => texts.some((text) => holds(this.#names[i]!, text)));
    if (wanted === "") return undefined;
    const found = finding([wanted]);
    return found.length > 0 ? found : finding(namesIn(wanted));
  });

  readonly #names = $derived.by(() => this.map.points.map(({ track }) => plain(track)));

  /** The most played first, as the server sends them. */
  readonly shown = $derived.by(() => this.map.points.flatMap((_, i) => (this.isShown(i) ? [i] : [])));

  readonly tracks = $derived.by(() => this.heard.map((i) => trackOf(this.map.points[i]!)));

  isShown(i: number): boolean {
    return !this.isHidden(this.map.points[i]!.genre);
  }

  isHidden(word: string): boolean {
    return this.#hidden.has(word);
  }

  /** Hides the points of a word, or shows them again. */
  turn(word: string): void {
    const next = new Set(this.#hidden);
    if (!next.delete(word)) next.add(word);
    this.#hidden = next;
    this.#chosen = this.#chosen.filter((i) => this.isShown(i));
    if (this.#start >= 0 && !this.isShown(this.#start)) this.#start = -1;
  }

  /** Turns a mode on, or off if it was on. */
  setMode(next: Mode): void {
    this.#mode = this.#mode === next ? "pan" : next;
    this.#start = -1;
    this.#chosen = [];
  }

  /** The nearest point within `reach` units of the map; -1 for none. */
  at(x: number, y: number, reach: number): number {
    return this.#places.at(x, y, reach);
  }

  /** The nearest point to a spot of the map; -1 if all are hidden. */
  closest({ x, y }: { readonly x: number; readonly y: number }): number {
    return this.#places.closest(x, y);
  }

  /** In path mode chooses the start, then the goal; otherwise chooses only this point. -1 clears the choice. */
  choose(i: number): void {
    if (i < 0) {
      this.#chosen = [];
      this.#start = -1;
    } else if (this.#mode !== "path") this.#chosen = [i];
    else if (this.#start < 0) {
      this.#start = i;
      this.#chosen = [];
    } else {
      this.#chosen = this.#places.path(this.#start, i);
      this.#start = -1;
    }
  }

  /** @param lasso a polygon x0, y0, x1, y1, …; ignored if it has fewer than four corners */
  chooseInside(lasso: readonly number[]): void {
    if (lasso.length > 6) this.#chosen = this.#places.inside(lasso);
  }
}
