/** Remote calls between the primary process and its workers: a name and an argument over the IPC channel, one answer back. */
import { type ErrorData, errorData, errorFrom, SegueError } from "../../system/index.js";

/** One end of a channel: `process` in a worker, a `Worker` of node:cluster in the primary process. */
export interface Channel {
  send(message: object, sent: (error: Error | null) => void): unknown;
  on(event: "message", listener: (message: unknown) => void): unknown;
  once(event: "disconnect", listener: () => void): unknown;
}

export type Handlers = Readonly<Record<string, (argument: unknown) => unknown>>;

type Message =
  | { readonly segue: "call"; readonly id: number; readonly name: string; readonly argument?: unknown }
  | { readonly segue: "answer"; readonly id: number; readonly value?: unknown; readonly failure?: ErrorData };

const ended: ErrorData = { message: "the other process has ended" };

export class ProcessCalls {
  readonly #channel: Channel;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #next = 0;

  /** @param handlers what the other end may call */
  constructor(channel: Channel, handlers: Handlers) {
    this.#channel = channel;
    channel.on("message", (message) => {
      if (!isOurs(message)) return;
      if (message.segue === "call") void this.#answer(message.id, handlers[message.name], message.argument);
      else this.#settle(message.id, message.value, message.failure);
    });
    channel.once("disconnect", () => {
      for (const id of this.#waiting.keys()) this.#settle(id, undefined, ended);
    });
  }

  call<Result>(name: string, argument?: unknown): Promise<Result> {
    const id = this.#next++;
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#send({ segue: "call", id, name, argument });
    });
  }

  async #answer(id: number, handler: Handlers[string] | undefined, argument: unknown): Promise<void> {
    try {
      if (handler === undefined) throw new SegueError("no such call");
      this.#send({ segue: "answer", id, value: await handler(argument) });
    } catch (error) {
      this.#send({ segue: "answer", id, failure: errorData(error) });
    }
  }

  #settle(id: number, value: unknown, failure: ErrorData | undefined): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (failure === undefined) waiting?.resolve(value);
    else waiting?.reject(errorFrom(failure));
  }

  #send(message: Message): void {
    // Without a callback a closed channel emits an error, which would end this process.
    const sent = (error: Error | null) => {
      if (error !== null && message.segue === "call") this.#settle(message.id, undefined, ended);
    };
    try {
      this.#channel.send(message, sent);
    } catch (error) {
      sent(error as Error);
    }
  }
}

function isOurs(message: unknown): message is Message {
  return typeof message === "object" && message !== null && "segue" in message;
}
