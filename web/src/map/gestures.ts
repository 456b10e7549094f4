/** Recognises gestures on the map: pointing, clicking, panning, pinching, drawing a lasso. */
export interface Spot {
  /** CSS pixels from the stage's top left corner. */
  readonly x: number;
  readonly y: number;
}

export interface GestureEvents {
  /** Whether a drag draws instead of panning. */
  draws(): boolean;
  /** A finger or button went down: discards an unfinished line. */
  began(): void;
  pointed(at: Spot): void;
  clicked(at: Spot): void;
  panned(dx: number, dy: number): void;
  /** Zoomed by a factor around the spot between two fingers. */
  pinched(factor: number, about: Spot): void;
  /** A spot was added to the line. */
  drew(at: Spot): void;
  /** The line is finished. */
  drawn(): void;
}

type Pointer = Pick<PointerEvent, "pointerId" | "offsetX" | "offsetY">;

/** The one finger or button that is down. */
interface Held {
  readonly at: Spot;
  readonly moved: boolean;
}

/** Movement up to this many CSS pixels still counts as a click. */
const still = 3;

export class Gestures {
  readonly #events: GestureEvents;
  #held: Held | undefined;
  /** The positions of all pointers that are down; two of them zoom. */
  readonly #fingers = new Map<number, Spot>();

  constructor(events: GestureEvents) {
    this.#events = events;
  }

  down({ pointerId, offsetX: x, offsetY: y }: Pointer): void {
    this.#fingers.set(pointerId, { x, y });
    this.#held = this.#fingers.size === 1 ? { at: { x, y }, moved: false } : undefined;
    this.#events.began();
  }

  move({ pointerId, offsetX: x, offsetY: y }: Pointer): void {
    const now = { x, y };
    const before = this.#fingers.get(pointerId);
    if (before) this.#fingers.set(pointerId, now);
    const other = [...this.#fingers].find(([id]) => id !== pointerId)?.[1];
    if (before && other) this.#pinch(before, now, other);
    else if (this.#held) this.#drag(this.#held, now);
    else this.#events.pointed(now);
  }

  #drag(held: Held, now: Spot): void {
    const [dx, dy] = [now.x - held.at.x, now.y - held.at.y];
    const moved = held.moved || Math.hypot(dx, dy) > still;
    if (this.#events.draws()) {
      this.#held = { at: held.at, moved };
      this.#events.drew(now);
    } else if (moved) {
      this.#held = { at: now, moved };
      this.#events.panned(dx, dy);
    }
  }

  up({ pointerId, offsetX: x, offsetY: y }: Pointer): void {
    this.#fingers.delete(pointerId);
    const [left] = this.#fingers.values();
    // After a pinch, the remaining finger pans.
    if (left) this.#held = { at: left, moved: true };
    if (left || !this.#held) return;
    const { moved } = this.#held;
    this.#held = undefined;
    if (this.#events.draws()) this.#events.drawn();
    else if (!moved) this.#events.clicked({ x, y });
  }

  #pinch(from: Spot, to: Spot, other: Spot): void {
    const apart = (spot: Spot) => Math.max(1, Math.hypot(spot.x - other.x, spot.y - other.y));
    this.#events.pinched(apart(to) / apart(from), { x: (from.x + other.x) / 2, y: (from.y + other.y) / 2 });
    this.#events.panned((to.x - from.x) / 2, (to.y - from.y) / 2);
  }
}
