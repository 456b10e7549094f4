/**
 * The signals that tell an endpoint's process what to do. They are heard from before it starts on: by default each of them would end it
 * half-started, and where it is process 1 of a container, SIGTERM and SIGINT would do nothing.
 */
export class ProcessSignals {
  readonly #stop = new AbortController();
  readonly #listeners: Readonly<Record<"SIGHUP" | "SIGINT" | "SIGTERM", () => void>>;
  #act: (() => void) | undefined;
  #hungUp = false;

  /** @param stop does what SIGTERM does */
  constructor(stop?: AbortSignal) {
    const onStop = () => this.#stop.abort();
    const onHangup = () => {
      if (this.#act === undefined) this.#hungUp = true;
      else this.#act();
    };
    this.#listeners = { SIGHUP: onHangup, SIGINT: onStop, SIGTERM: onStop };
    process.on("SIGHUP", onHangup);
    // A second one need not wait for what the first one began.
    process.once("SIGINT", onStop);
    process.once("SIGTERM", onStop);
    stop?.addEventListener("abort", onStop, { once: true, signal: this.#stop.signal });
    if (stop?.aborted) onStop();
  }

  /** Aborted from SIGTERM or SIGINT on. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Does this at each SIGHUP; at once where one has come already. */
  onHangup(act: () => void): void {
    this.#act = act;
    if (this.#hungUp) act();
  }

  /** Leaves them to whoever else listens. */
  ignore(): void {
    for (const [name, listener] of Object.entries(this.#listeners)) process.off(name, listener);
  }
}
