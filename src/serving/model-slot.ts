/**
 * The model that answers right now. A new one takes its place between two requests; the old one is closed when the last
 * question that it took has been answered, so no request ever sees half of each.
 *
 * A model is given no more than it has use for. What is more waits here, where it is bounded, and where a question whose client has
 * gone is dropped: in a model's hands it would be answered, for nobody.
 */
import { misuse } from "../system/index.js";
import { type Answer, type Answerer, costOf, type Question, weightOf } from "./answers/question.js";
import type { LiveModel } from "./answers/served-model.js";
import { cutOff, HttpError } from "./http-error.js";
import { defaultMaxWaiting } from "./options.js";
import { WaitingLine } from "./waiting-line.js";

/** Who waits for an answer. */
export interface Asker {
  /** Whom it asks for: clients take turns, by what their questions cost. */
  readonly client: string;
  /** True from the moment its connection has gone. */
  readonly gone: boolean;
}

/** Asks in this process, and is there as long as the process is. */
const inside: Asker = { client: "", gone: false };

/** Why a question got no answer: its client had gone before a model took it, or too many waited already. */
export type Dropped = "client-gone" | "too-many";

export interface WaitingOptions {
  /** How many questions may wait for a model to take them; default 10,000. */
  readonly maxWaiting?: number | undefined;
  /** Called for each question that is dropped. */
  readonly onDropped?: (why: Dropped) => void;
}

interface Waiting {
  readonly question: Question;
  readonly asker: Asker;
  readonly resolve: (answer: Promise<Answer>) => void;
  readonly reject: (error: HttpError) => void;
}

class Held {
  readonly answerer: Answerer;
  #users = 0;
  #load = 0;
  #retired = false;
  #closed = false;

  constructor(answerer: Answerer) {
    this.answerer = answerer;
  }

  /** Whether it should be given another question; one that is dead refuses it. */
  get hasRoom(): boolean {
    return this.#load < this.answerer.holds || !this.answerer.alive;
  }

  async answer(question: Question): Promise<Answer> {
    const weight = weightOf(question);
    this.#users++;
    this.#load += weight;
    try {
      return await this.answerer.answer(question);
    } finally {
      this.#users--;
      this.#load -= weight;
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
  readonly #waiting: WaitingLine<Waiting>;
  readonly #maxWaiting: number;
  readonly #onDropped: (why: Dropped) => void;

  constructor(
    answerer: Answerer,
    { maxWaiting = defaultMaxWaiting, onDropped = () => {} }: WaitingOptions = {},
  ) {
    this.#held = new Held(answerer);
    this.#waiting = new WaitingLine(maxWaiting, ({ question }) => costOf(question));
    this.#maxWaiting = maxWaiting;
    this.#onDropped = onDropped;
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

  /**
   * @param asker who waits for the answer; default: somebody who stays
   * @throws HttpError where the request names what the model does not have, 503 where too many questions wait, 499 where the asker has
   *   gone before a model took the question
   */
  answer(question: Question, asker: Asker = inside): Promise<Answer> {
    if (this.#held.hasRoom && this.#waiting.length === 0) return this.#ask(question);
    if (this.#waiting.isFull) this.#dropGone();
    return new Promise((resolve, reject) => {
      const out = this.#waiting.add(asker.client, { question, asker, resolve, reject });
      if (out === undefined) return;
      this.#onDropped("too-many");
      out.reject(tooMany(this.#maxWaiting));
    });
  }

  replace(answerer: Answerer): void {
    const previous = this.#held;
    this.#held = new Held(answerer);
    previous.retire();
    this.#leaving = [...this.#leaving, previous].filter((held) => !held.closed);
    this.#askWaiting();
  }

  async #ask(question: Question): Promise<Answer> {
    try {
      return await this.#held.answer(question);
    } finally {
      this.#askWaiting();
    }
  }

  #askWaiting(): void {
    while (this.#held.hasRoom) {
      const next = this.#waiting.next();
      if (next === undefined) return;
      if (next.asker.gone) this.#drop(next.reject);
      else next.resolve(this.#ask(next.question));
    }
  }

  #dropGone(): void {
    for (const { reject } of this.#waiting.take(({ asker }) => asker.gone)) this.#drop(reject);
  }

  #drop(reject: Waiting["reject"]): void {
    this.#onDropped("client-gone");
    reject(clientGone());
  }

  /** To be called when nobody waits for an answer any more: what is still asked is not answered, where it can be interrupted. */
  close(): void {
    for (const { reject } of this.#waiting.take(() => true)) reject(cutOff());
    for (const held of [this.#held, ...this.#leaving]) held.end();
  }
}

function tooMany(maxWaiting: number): HttpError {
  return new HttpError(503, {
    error:
      maxWaiting === 0
        ? "the endpoint is busy, and no question may wait"
        : `the endpoint is busy: ${maxWaiting.toLocaleString("en")} questions wait for an answer already`,
    code: "too-busy",
    hint: "try again after the seconds that Retry-After tells",
  });
}

/** Nobody reads it; 499 is what logs and metrics call it elsewhere, too. */
function clientGone(): HttpError {
  return new HttpError(499, { error: "the client went away before it was answered", code: "client-gone" });
}
