/** How requests to AWS are retried: a wrong endpoint is reported in seconds, an outage in the middle of a run is waited out. */
import type { S3ClientConfig } from "@aws-sdk/client-s3";

type Strategy = Extract<NonNullable<S3ClientConfig["retryStrategy"]>, { acquireInitialRetryToken: unknown }>;
type Token = Awaited<ReturnType<Strategy["acquireInitialRetryToken"]>>;
type Failure = Parameters<Strategy["refreshRetryTokenForRetry"]>[1];

/** How long requests are retried once the server has answered, in milliseconds since the first failure. */
const outageMs = 90_000;

/** The longest delay between two attempts, in milliseconds. */
const longestDelay = 5000;

interface Tried extends Token {
  /** When the request failed first. */
  readonly since?: number;
}

export class PatientRetries implements Strategy {
  readonly #attempts: number;
  readonly #patience: number;
  #hasAnswered: boolean;

  /**
   * @param attempts how often to try a request in all, whatever happens; undefined: 5 times, and once the server has answered for as
   *   long as an outage may take
   * @param hasAnswered whether it has answered before, another process
   */
  constructor(attempts: number | undefined, hasAnswered: boolean) {
    this.#attempts = attempts ?? 5;
    this.#patience = attempts === undefined ? outageMs : 0;
    this.#hasAnswered = hasAnswered;
  }

  async acquireInitialRetryToken(): Promise<Tried> {
    return tried(0, 0);
  }

  async refreshRetryTokenForRetry(token: Tried, { errorType }: Failure): Promise<Tried> {
    const retries = token.getRetryCount();
    const since = token.since ?? Date.now();
    const isPassing = errorType === "TRANSIENT" || errorType === "THROTTLING";
    const isOutage = this.#hasAnswered && Date.now() - since < this.#patience;
    if (!isPassing || (retries + 1 >= this.#attempts && !isOutage)) throw new Error("no more attempts");
    const base = errorType === "THROTTLING" ? 1000 : 100;
    return { ...tried(retries + 1, Math.random() * Math.min(longestDelay, base * 2 ** retries)), since };
  }

  recordSuccess(): void {
    this.#hasAnswered = true;
  }
}

const tried = (count: number, delay: number): Token => ({
  getRetryCount: () => count,
  getRetryDelay: () => delay,
});
