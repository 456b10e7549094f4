/**
 * Who waits for the model, so that no client's questions are all before another's: clients take turns, one question each, and a
 * client's own come in the order in which it asked them.
 */
export class WaitingLine<Entry> {
  /** In the order of their turns; none is empty. */
  readonly #clients = new Map<string, Entry[]>();
  readonly #most: number;
  #length = 0;

  /** @param most how many may wait, of all clients together */
  constructor(most: number) {
    this.#most = most;
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
    for (const [client, own] of this.#clients) {
      const entry = own.shift();
      this.#length--;
      this.#clients.delete(client);
      // Behind the others, for its next turn.
      if (own.length > 0) this.#clients.set(client, own);
      return entry;
    }
    return undefined;
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

  #longest(): Entry[] {
    let longest: Entry[] = [];
    for (const own of this.#clients.values()) if (own.length > longest.length) longest = own;
    return longest;
  }
}
