/**
 * How the threads of an exact scan share work. A round is a range of queries divided into blocks; each available thread takes
 * the next block until none is left. The calling thread takes part too, so helpers that are late or missing only cost time.
 * The state is a few shared integers, because the calling thread does not return to its event loop.
 */
import type { NearestKernel } from "./nearest-kernel.js";

const FIELDS = [
  // Threads and progress.
  "alive",
  "open",
  "active",
  "entered",
  "round",
  "next",
  // The work: addresses are unsigned 32-bit, `bytes` is the size of one query.
  "queries",
  "bytes",
  "skips",
  "count",
  "block",
  "k",
  "held",
  "rows",
  "scores",
  "states",
  "stride",
  "seats",
] as const;
type Field = (typeof FIELDS)[number];
type Order = Readonly<
  Record<Exclude<Field, "alive" | "open" | "active" | "entered" | "round" | "next">, number>
>;

const at = Object.fromEntries(FIELDS.map((field, place) => [field, place])) as Readonly<
  Record<Field, number>
>;

export class Job {
  static readonly BYTES = FIELDS.length * 4;

  constructor(readonly control: Int32Array) {}

  get(field: Field): number {
    return Atomics.load(this.control, at[field]) >>> 0;
  }

  /** Registers (1) or unregisters (-1) a helper. */
  countHelper(change: 1 | -1): void {
    Atomics.add(this.control, at.alive, change);
  }

  /** Opens a round and wakes the helpers. */
  open(order: Order): void {
    for (const [field, value] of Object.entries(order))
      Atomics.store(this.control, at[field as Field], value);
    Atomics.store(this.control, at.next, 0);
    Atomics.store(this.control, at.entered, 1);
    Atomics.store(this.control, at.open, 1);
    Atomics.add(this.control, at.round, 1);
    Atomics.notify(this.control, at.round);
  }

  /** Closes the round, once every block is taken, and waits for the helpers to finish theirs. */
  close(): void {
    Atomics.store(this.control, at.open, 0);
    for (;;) {
      const active = Atomics.load(this.control, at.active);
      if (active === 0) return;
      Atomics.wait(this.control, at.active, active);
    }
  }

  /** Helps with rounds until none has started for `patience` milliseconds. */
  help(kernel: NearestKernel, patience: number): void {
    let seen = 0;
    for (;;) {
      // Increments `active` before reading `open`, while `close` clears `open` before reading `active`: so there is no race.
      Atomics.add(this.control, at.active, 1);
      const round = Atomics.load(this.control, at.round);
      if (round !== seen && Atomics.load(this.control, at.open) === 1) {
        seen = round;
        const seat = Atomics.add(this.control, at.entered, 1);
        if (seat < this.get("seats")) this.run(kernel, seat);
      }
      Atomics.sub(this.control, at.active, 1);
      Atomics.notify(this.control, at.active);
      if (Atomics.load(this.control, at.round) !== round) continue;
      if (Atomics.wait(this.control, at.round, round, patience) === "timed-out") return;
    }
  }

  /** Takes blocks until none is left. @param seat which scratch space for candidates to use */
  run(kernel: NearestKernel, seat: number): void {
    const count = this.get("count");
    const block = this.get("block");
    const k = this.get("k");
    const skips = this.get("skips");
    const bytes = this.get("bytes");
    kernel.setLimits(k, this.get("held"));
    const states = this.get("states") + seat * this.get("stride");
    for (;;) {
      const from = Atomics.add(this.control, at.next, 1) * block;
      if (from >= count) return;
      kernel.search(
        this.get("queries") + from * bytes,
        skips === 0 ? 0 : skips + from * 4,
        Math.min(block, count - from),
        states,
        this.get("rows") + from * k * 4,
        this.get("scores") + from * k * 4,
      );
    }
  }
}
