/**
 * The model that answers right now. A new one takes its place between two requests; the old one is closed when the last
 * request that began on it has ended, so no request ever sees half of each.
 */
import { LiveModel, type ServedModel } from "./served-model.js";

export interface Lease {
  readonly live: LiveModel;
  /** Ends the use; calling it twice is harmless. */
  release(): void;
}

class Held {
  readonly live: LiveModel;
  #users = 0;
  #retired = false;

  constructor(model: ServedModel) {
    this.live = new LiveModel(model);
  }

  lease(): Lease {
    this.#users++;
    let open = true;
    return {
      live: this.live,
      release: () => {
        if (!open) return;
        open = false;
        this.#users--;
        this.#closeIfUnused();
      },
    };
  }

  retire(): void {
    this.#retired = true;
    this.#closeIfUnused();
  }

  #closeIfUnused(): void {
    // A model that fails to close has answered all its requests; there is nobody left to tell.
    if (this.#retired && this.#users === 0) void Promise.resolve(this.live.model.close?.()).catch(() => {});
  }
}

export class ModelSlot {
  #held: Held;

  constructor(model: ServedModel) {
    this.#held = new Held(model);
  }

  get live(): LiveModel {
    return this.#held.live;
  }

  lease(): Lease {
    return this.#held.lease();
  }

  replace(model: ServedModel): void {
    const next = new Held(model);
    const previous = this.#held;
    this.#held = next;
    previous.retire();
  }

  close(): void {
    this.#held.retire();
  }
}
