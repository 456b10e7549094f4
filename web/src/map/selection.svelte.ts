/** What of the map is shown, looked for and chosen. */
import type { MusicMap } from "../../../src/analysis/index.js";
import { holds, plain } from "./holds.js";
import { Places } from "./places.js";
import { thinned } from "./thinned.js";
import { trackOf } from "./track-of.js";

export type Mode = "pan" | "lasso" | "path";

/** How many tracks are listened to at most. */
const mostHeard = 200;

export class Selection {
  readonly map: MusicMap;
  /** Every word that points are coloured by; "unknown" is that of points without one. */
  readonly words: readonly string[];
  /** x0, y0, x1, y1, … of all points. */
  readonly positions: Float32Array;
  readonly #places: Places;
  #mode = $state<Mode>("pan");
  #chosen = $state.raw<readonly number[]>([]);
  #start = $state(-1);
  #hidden = $state.raw<ReadonlySet<string>>(new Set());
  /** What is looked for. */
  text = $state("");

  constructor(map: MusicMap) {
    this.map = map;
    this.words = [...map.genres, "unknown"];
    this.positions = Float32Array.from(map.points.flatMap((point) => [point.x, point.y]));
    this.#places = new Places(this.positions, (i) => this.isShown(i));
  }

  get mode(): Mode {
    return this.#mode;
  }

  /** Points, in the order of a path, else the most played first; what `found` has is not chosen by that. */
  get chosen(): readonly number[] {
    return this.#chosen;
  }

  /** Where a path begins whose goal is still to be chosen; -1 for none. */
  get start(): number {
    return this.#start;
  }

  /** The point that was chosen by itself; -1 for none. */
  readonly alone = $derived.by(() => (this.#chosen.length === 1 ? this.#chosen[0]! : -1));

  /** What is listened to: of a path some all along it, of others the most played. */
  readonly heard = $derived.by(() =>
    this.#mode === "path" ? thinned(this.#chosen, mostHeard) : this.#chosen.slice(0, mostHeard),
  );

  /** The matching points, the most played first; undefined if the search is empty. */
  readonly found = $derived.by(() => {
    const wanted = this.text.trim();
    return wanted === "" ? undefined : this.shown.filter((i) => holds(this.#names[i]!, wanted));
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

  /** Turns a mode on, or off again. */
  setMode(next: Mode): void {
    this.#mode = this.#mode === next ? "pan" : next;
    this.#start = -1;
    this.#chosen = [];
  }

  /** The nearest point within a reach, in units of the map; -1 for none. */
  at(x: number, y: number, reach: number): number {
    return this.#places.at(x, y, reach);
  }

  /** In path mode the first point is the start and the second the goal; else a point is chosen alone. With -1 nothing is. */
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

  /** @param lasso a polygon x0, y0, x1, y1, …; one of fewer than four corners is a slip of the hand */
  chooseInside(lasso: readonly number[]): void {
    if (lasso.length > 6) this.#chosen = this.#places.inside(lasso);
  }
}
