/** Makes names distinct: a repeated one gets a number, "Mix (2)". */
export class DistinctNames {
  readonly #times = new Map<unknown, number>();

  apart<Name>(name: Name): Name | string {
    const times = (this.#times.get(name) ?? 0) + 1;
    this.#times.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  }
}
