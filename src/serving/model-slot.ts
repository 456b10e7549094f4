/**
 * The model that answers right now. A new one takes its place between two requests; the old one is closed when the last
 * request that began on it has ended, so no request ever sees half of each.
 */
import { misuse } from "../system/index.js";
import type { Answer, Answerer, Question } from "./answers/question.js";
import type { LiveModel } from "./answers/served-model.js";

class Held {
  readonly answerer: Answerer;
  #users = 0;
  #retired = false;
  #closed = false;

  constructor(answerer: Answerer) {
    this.answerer = answerer;
  }

  async answer(question: Question): Promise<Answer> {
    this.#users++;
    try {
      return await this.answerer.answer(question);
    } finally {
      this.#users--;
      this.#closeIfUnused();
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  retire(): void {
    this.#retired = true;
    this.#closeIfUnused();
  }

  /** Closes it now, whatever it is answering, where it can be interrupted. */
  end(): void {
    if (this.answerer.interruptible) this.#close();
    else this.retire();
  }

  #closeIfUnused(): void {
    if (this.#retired && this.#users === 0) this.#close();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Where a model fails to close, there is nobody left to tell.
    void this.answerer.close().catch(() => {});
  }
}

export class ModelSlot {
  #held: Held;
  /** Those that were replaced, and are asked still. */
  #leaving: Held[] = [];

  constructor(answerer: Answerer) {
    this.#held = new Held(answerer);
  }

  get current(): Answerer {
    return this.#held.answerer;
  }

  /** The model itself, for added routes; servers that have any keep it in this thread. */
  get live(): LiveModel {
    const { live } = this.#held.answerer;
    if (live !== undefined) return live;
    throw misuse("this model lives in threads of its own: it answers questions, and cannot be looked into");
  }

  answer(question: Question): Promise<Answer> {
    return this.#held.answer(question);
  }

  replace(answerer: Answerer): void {
    const previous = this.#held;
    this.#held = new Held(answerer);
    previous.retire();
    this.#leaving = [...this.#leaving, previous].filter((held) => !held.closed);
  }

  /** To be called when nobody waits for an answer any more: what is still asked is not answered, where it can be interrupted. */
  close(): void {
    for (const held of [this.#held, ...this.#leaving]) held.end();
  }
}
