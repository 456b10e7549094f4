/** A token bucket per client: `perSecond` requests per second on average, bursts of twice that. */
const mostClients = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#burst = Math.max(1, 2 * perSecond);
  }

  /** Takes one request of `client` at time `now` (milliseconds); false if it has none left. */
  take(client: string, now: number): boolean {
    let bucket = this.#buckets.get(client);
    if (bucket === undefined) {
      if (this.#buckets.size >= mostClients) this.#forgetFull(now);
      bucket = { tokens: this.#burst, at: now };
    } else this.#buckets.delete(client);
    // The map is in order of last use.
    this.#buckets.set(client, bucket);
    bucket.tokens = this.#refilled(bucket, now);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  #refilled(bucket: Bucket, now: number): number {
    return Math.min(this.#burst, bucket.tokens + ((now - bucket.at) / 1000) * this.#perSecond);
  }

  /**
   * Removes full buckets, which are equivalent to none. If too few are full, the least recently used go until a tenth is free, so that
   * memory stays bounded and not every new client costs a pass over all.
   */
  #forgetFull(now: number): void {
    for (const [client, bucket] of this.#buckets) {
      if (this.#refilled(bucket, now) >= this.#burst) this.#buckets.delete(client);
    }
    for (const client of this.#buckets.keys()) {
      if (this.#buckets.size < 0.9 * mostClients) break;
      this.#buckets.delete(client);
    }
  }
}
