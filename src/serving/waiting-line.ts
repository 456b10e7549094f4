/**
 * Who waits for the model, so that no client's questions are all before another's: the turn is that client's which has had least, by
 * what its questions cost, and a client's own come in the order in which it asked them.
 */
export class WaitingLine<Entry> {
  /** None is empty. Of those that have had as much, the first is next. */
  readonly #clients = new Map<string, Entry[]>();
  /** What clients have had while others waited, where it is more than `#least`. */
  readonly #had = new Map<string, number>();
  /** What everybody has had at least: who comes anew does not go before all others until it has had as much as they. */
  #least = 0;
  readonly #most: number;
  readonly #costOf: (entry: Entry) => number;
  #length = 0;

  /**
   * @param most how many may wait, of all clients together
   * @param costOf how much an entry takes of its client's share, above 0
   */
  constructor(most: number, costOf: (entry: Entry) => number) {
    this.#most = most;
    this.#costOf = costOf;
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length >= this.#most;
  }

  /**
   * Adds one of `client` behind its others. In a full line the client that has the most there gives up its last, where it has more
   * than this one will have.
   *
   * @returns who has no place: the one that gave way, this one, or nobody
   */
  add(client: string, entry: Entry): Entry | undefined {
    let out: Entry | undefined;
    if (this.isFull) {
      const longest = this.#longest();
      if (longest.length <= (this.#clients.get(client)?.length ?? 0) + 1) return entry;
      out = longest.pop();
      this.#length--;
    }
    const own = this.#clients.get(client);
    if (own === undefined) this.#clients.set(client, [entry]);
    else own.push(entry);
    this.#length++;
    return out;
  }

  /** Takes out the first of the client whose turn it is. */
  next(): Entry | undefined {
    const client = this.#whoseTurn();
    if (client === undefined) return undefined;
    const own = this.#clients.get(client)!;
    const entry = own.shift()!;
    this.#length--;
    this.#clients.delete(client);
    // Behind the others, for its next turn.
    if (own.length > 0) this.#clients.set(client, own);
    this.#charge(client, this.#costOf(entry));
    return entry;
  }

  /** Takes out all that `match`. */
  take(match: (entry: Entry) => boolean): Entry[] {
    const taken: Entry[] = [];
    for (const [client, own] of this.#clients) {
      const stay = own.filter((entry) => !match(entry));
      if (stay.length === own.length) continue;
      taken.push(...own.filter(match));
      if (stay.length === 0) this.#clients.delete(client);
      else this.#clients.set(client, stay);
    }
    this.#length -= taken.length;
    return taken;
  }

  #whoseTurn(): string | undefined {
    let first: string | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const client of this.#clients.keys()) {
      const had = this.#hadBy(client);
      if (had < least) [first, least] = [client, had];
      if (least === this.#least) break;
    }
    return first;
  }

  #hadBy(client: string): number {
    return this.#had.get(client) ?? this.#least;
  }

  /** Of the client whose turn it was. */
  #charge(client: string, cost: number): void {
    const before = this.#hadBy(client);
    if (before > this.#least) {
      this.#least = before;
      for (const [each, had] of this.#had) if (had <= before) this.#had.delete(each);
    }
    this.#had.set(client, before + cost);
    // With nobody left to wait, nobody has had too much.
    if (this.#length === 0) this.#had.clear();
  }

  #longest(): Entry[] {
    let longest: Entry[] = [];
    for (const own of this.#clients.values()) if (own.length > longest.length) longest = own;
    return longest;
  }
}
