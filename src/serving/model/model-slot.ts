/**
 * The current model. A new one replaces it between two requests; the old one is closed once its last question has been answered, so no
 * request sees a mixture of both.
 *
 * A model gets only as many questions as it can work on. The rest waits here in a bounded queue, from which the questions of
 * disconnected clients can still be dropped.
 */
import { misuse } from "../../system/index.js";
import { type Answer, type Answerer, costOf, type Question, weightOf } from "../answers/question.js";
import type { LiveModel } from "../answers/served-model.js";
import { cutOff, HttpError } from "../http/http-error.js";
import { defaultMaxWaiting } from "../options.js";
import { WaitingLine } from "./waiting-line.js";

/** Who waits for an answer. */
export interface Asker {
  /** The client it belongs to: clients take turns, weighted by the cost of their questions. */
  readonly client: string;
  /** True once its connection has closed. */
  readonly gone: boolean;
}

/** Code of this process, which never disconnects. */
const inside: Asker = { client: "", gone: false };

/** Why a question got no answer: its client disconnected before a model took it, or too many were already waiting. */
export type Dropped = "client-gone" | "too-many";

export interface WaitingOptions {
  /** How many questions may wait, 0 to 100,000; default 10,000. */
  readonly maxWaiting?: number | undefined;
  /** Called for each dropped question. */
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

  /** Whether it should be given another question. True for a dead model too: it rejects the question at once. */
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

  /** Closes it now, even while it is answering, if it can be interrupted; else once it is unused. */
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
    // If closing fails, nobody is left to report it to.
    void this.answerer.close().catch(() => {});
  }
}

export class ModelSlot {
  #held: Held;
  /** Replaced models that still have questions to answer. */
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

  /** The model itself, for plugins; a server with plugins keeps it in this thread. */
  get live(): LiveModel {
    const { live } = this.#held.answerer;
    if (live !== undefined) return live;
    throw misuse("this model runs in worker threads: it answers questions, but cannot be accessed directly");
  }

  /**
   * @param asker who waits for the answer; default: code of this process
   * @throws HttpError 400 if the request names something that the model does not have; 503 if too many questions wait; 499 if the asker
   *   disconnected before a model took the question
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

  /** To be called when the server has stopped. Rejects waiting questions, and those in progress if the model can be interrupted. */
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
        : `the endpoint is busy: ${maxWaiting.toLocaleString("en")} questions are already waiting`,
    code: "too-busy",
    hint: "try again after the seconds in Retry-After",
  });
}

/** For logs and metrics only: 499 is the usual status for a client that disconnected. */
function clientGone(): HttpError {
  return new HttpError(499, { error: "the client disconnected before it was answered", code: "client-gone" });
}
