/** A token bucket a client: `perSecond` requests a second in the long run, twice that at once. */
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

  /** Takes one request of `client` at `now` (milliseconds); false where it has none left. */
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
   * A full bucket is as good as none. Where all are in use, the longest unused tenth goes, so that memory stays bounded and not
   * every new client costs a walk over all.
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
