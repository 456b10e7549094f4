/** What fingers and the mouse mean on the map: pointing, clicking, panning, pinching, drawing a lasso. */
export interface Spot {
  /** CSS pixels from the stage's left and top. */
  readonly x: number;
  readonly y: number;
}

export interface GestureEvents {
  /** Whether a drag draws, rather than pans. */
  draws(): boolean;
  /** Something came down: a line that was begun is none. */
  began(): void;
  pointed(at: Spot): void;
  clicked(at: Spot): void;
  panned(dx: number, dy: number): void;
  /** What lies under each of two fingers stays there: zoomed about the spot between them, by a factor. */
  pinched(factor: number, about: Spot): void;
  /** A line grew by a spot. */
  drew(at: Spot): void;
  /** The line is done. */
  drawn(): void;
}

type Pointer = Pick<PointerEvent, "pointerId" | "offsetX" | "offsetY">;

/** The one finger or button that is down. */
interface Held {
  readonly at: Spot;
  readonly moved: boolean;
}

/** A hand that trembles still clicks: CSS pixels. */
const still = 3;

export class Gestures {
  readonly #events: GestureEvents;
  #held: Held | undefined;
  /** Fingers and what else is down, by where they are: two of them zoom. */
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
    // Who took one of two fingers off goes on with the other.
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
