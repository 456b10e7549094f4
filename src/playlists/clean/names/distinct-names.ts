import { tidyName } from "./tidy-name.js";

/**
 * Makes names distinct: a repeated one gets the next free number, "Mix (2)". Names that are the same when tidied count as one;
 * empty ones stay as they are.
 */
export class DistinctNames {
  /** Tidied names that are taken, and how often each was asked for. */
  readonly #times = new Map<string, number>();

  apart(name: string): string {
    const tidied = tidyName(name);
    if (tidied === "") return name;
    const taken = this.#times.get(tidied);
    if (taken === undefined) {
      this.#times.set(tidied, 1);
      return name;
    }
    let number = taken + 1;
    // A playlist may have been called "Mix (2)" all along.
    while (this.#times.has(`${tidied} (${number})`)) number++;
    this.#times.set(tidied, number);
    this.#times.set(`${tidied} (${number})`, 1);
    return `${tidied} (${number})`;
  }
}
