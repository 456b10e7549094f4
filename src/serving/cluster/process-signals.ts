/**
 * Handles SIGHUP, SIGINT and SIGTERM of an endpoint's process from before it starts. By default each would kill a half-started endpoint,
 * and as process 1 of a container it would ignore SIGTERM and SIGINT.
 */
export class ProcessSignals {
  readonly #stop = new AbortController();
  readonly #listeners: Readonly<Record<"SIGHUP" | "SIGINT" | "SIGTERM", () => void>>;
  #act: (() => void) | undefined;
  #hungUp = false;

  /** @param stop has the same effect as SIGTERM when aborted */
  constructor(stop?: AbortSignal) {
    const onStop = () => this.#stop.abort();
    const onHangup = () => {
      if (this.#act === undefined) this.#hungUp = true;
      else this.#act();
    };
    this.#listeners = { SIGHUP: onHangup, SIGINT: onStop, SIGTERM: onStop };
    process.on("SIGHUP", onHangup);
    // Only once: a second signal kills the process by default.
    process.once("SIGINT", onStop);
    process.once("SIGTERM", onStop);
    stop?.addEventListener("abort", onStop, { once: true, signal: this.#stop.signal });
    if (stop?.aborted) onStop();
  }

  /** Aborted at SIGTERM or SIGINT. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Calls `act` at each SIGHUP, and at once if one has already come. */
  onHangup(act: () => void): void {
    this.#act = act;
    if (this.#hungUp) act();
  }

  /** Removes the handlers. */
  ignore(): void {
    for (const [name, listener] of Object.entries(this.#listeners)) process.off(name, listener);
  }
}
