/**
 * A fair queue for the model: the client that has been given the least, by the cost of its questions, goes next. A client's own questions
 * are answered in order.
 */
export class WaitingLine<Entry> {
  /** The waiting entries of each client; no list is empty. Of clients that have had equally much, the first goes next. */
  readonly #clients = new Map<string, Entry[]>();
  /** The total cost that each client has been given; absent if not above `#least`. */
  readonly #had = new Map<string, number>();
  /** What every client counts as having had: a new client starts here, so it does not overtake the others for long. */
  #least = 0;
  readonly #most: number;
  readonly #costOf: (entry: Entry) => number;
  #length = 0;

  /**
   * @param most how many entries of all clients together may wait
   * @param costOf the cost charged to the client for an entry, above 0
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
   * Adds an entry behind the client's others. If the queue is full, the client with the most entries loses its last one, provided that
   * it has more than this client would have.
   *
   * @returns the entry that has no place: the removed one, this one, or undefined
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

  /** Removes and returns the first entry of the client whose turn it is. */
  next(): Entry | undefined {
    const client = this.#whoseTurn();
    if (client === undefined) return undefined;
    const own = this.#clients.get(client)!;
    const entry = own.shift()!;
    this.#length--;
    this.#clients.delete(client);
    // Moves the client behind the others for its next turn.
    if (own.length > 0) this.#clients.set(client, own);
    this.#charge(client, this.#costOf(entry));
    return entry;
  }

  /** Removes and returns all entries that match. */
  take(match: (entry: Entry) => boolean): Entry[] {
    const taken: Entry[] = [];
    for (const [client, own] of this.#clients) {
      const stay: Entry[] = [];
      for (const entry of own) (match(entry) ? taken : stay).push(entry);
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

  /** Charges the client whose turn it was. */
  #charge(client: string, cost: number): void {
    const before = this.#hadBy(client);
    if (before > this.#least) {
      this.#least = before;
      for (const [each, had] of this.#had) if (had <= before) this.#had.delete(each);
    }
    this.#had.set(client, before + cost);
    // With an empty queue, past shares no longer matter.
    if (this.#length === 0) this.#had.clear();
  }

  #longest(): Entry[] {
    let longest: Entry[] = [];
    for (const own of this.#clients.values()) if (own.length > longest.length) longest = own;
    return longest;
  }
}
