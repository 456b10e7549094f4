import type { Store, StoredObject } from "./store.js";

/** A store that is opened by its first operation, for callers that cannot wait. */
export class LateStore implements Store {
  readonly url: string;
  readonly #open: () => Promise<Store>;
  #opened: Promise<Store> | undefined;

  /** @param open opens the store; called at most once */
  constructor(url: string, open: () => Promise<Store>) {
    this.url = url;
    this.#open = open;
  }

  get #store(): Promise<Store> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return (await this.#store).get(key);
  }

  async put(key: string, contents: Uint8Array | string): Promise<void> {
    await (await this.#store).put(key, contents);
  }

  async putIfAbsent(key: string, contents: Uint8Array | string): Promise<boolean> {
    return (await this.#store).putIfAbsent(key, contents);
  }

  async putFile(key: string, path: string): Promise<void> {
    await (await this.#store).putFile(key, path);
  }

  async getFile(key: string, path: string): Promise<boolean> {
    return (await this.#store).getFile(key, path);
  }

  async exists(key: string): Promise<boolean> {
    return (await this.#store).exists(key);
  }

  async touch(key: string): Promise<boolean> {
    return (await this.#store).touch(key);
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    yield* (await this.#store).list(prefix);
  }

  async delete(key: string): Promise<void> {
    await (await this.#store).delete(key);
  }
}
