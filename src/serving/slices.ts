/** Long work in slices of a few milliseconds, so that a thread can do other work between them. */
import { setImmediate as nextTurn } from "node:timers/promises";

const sliceMs = 5;

/** To be asked after each small piece of the work: `if (slices.isOver) await slices.pause();`. */
export class Slices {
  #end = performance.now() + sliceMs;

  get isOver(): boolean {
    return performance.now() > this.#end;
  }

  async pause(): Promise<void> {
    await nextTurn();
    this.#end = performance.now() + sliceMs;
  }
}
