/**
 * The log of one attempt: a line has its time, "out" or "err", and what was printed. Beside a local datastore it is appended
 * to in place; a remote one gets the whole of it now and then, and at the end.
 */
import { appendFileSync, closeSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { FolderStore, type Store } from "../storage/index.js";
import { makeFolder } from "../system/index.js";

export interface LogLine {
  /** ISO time. */
  readonly time: string;
  readonly stream: "out" | "err";
  readonly text: string;
}

/**
 * Milliseconds until a log of that length is uploaded again: it is uploaded whole, so that a long one has to wait for longer. All its
 * uploads together take no more than some 250 kB a second, however long the task prints.
 */
const uploadPause = (characters: number): number => Math.max(3000, characters / 250);

export class TaskLog {
  readonly #store: Store;
  readonly #key: string;
  readonly #path: string | undefined;
  #file: number | undefined;
  #text = "";
  #uploaded = 0;
  #timer: NodeJS.Timeout | undefined;
  #uploading: Promise<void> = Promise.resolve();

  constructor(store: Store, key: string) {
    this.#store = store;
    this.#key = key;
    this.#path = store instanceof FolderStore ? store.localPath(key) : undefined;
  }

  write(stream: LogLine["stream"], text: string): void {
    const line = `${new Date().toISOString()} ${stream} ${text}\n`;
    if (this.#path !== undefined) {
      this.#file ??= openToAppend(this.#path);
      appendFileSync(this.#file, line);
      return;
    }
    this.#text += line;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#upload();
    }, uploadPause(this.#text.length)).unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    if (this.#path === undefined && this.#text.length > this.#uploaded) this.#upload();
    await this.#uploading;
  }

  #upload(): void {
    const text = this.#text;
    this.#uploading = this.#uploading
      .then(() => this.#store.put(this.#key, text))
      .then(() => {
        this.#uploaded = text.length;
      })
      // A log that cannot be written now is tried again with the next lines; the task itself goes on.
      .catch(() => {});
  }
}

function openToAppend(path: string): number {
  makeFolder(dirname(path));
  return openSync(path, "a");
}

/** The lines of a stored log; a last line that is still being written is left out. */
export function parseLog(text: string): LogLine[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const match = /^(\S+) (out|err) (.*)$/s.exec(line);
      return match
        ? { time: match[1]!, stream: match[2] as LogLine["stream"], text: match[3]! }
        : { time: "", stream: "out", text: line };
    });
}

/** A line that is longer, in characters, becomes several: what prints without a line's end would fill the memory. */
const longestLine = 2 ** 20;

/** Cuts a stream of chunks into lines. Bytes are UTF-8; a chunk may end within a character. */
export class LineSplitter {
  #rest = "";
  readonly #decoder = new StringDecoder("utf8");
  readonly #line: (line: string) => void;

  constructor(line: (line: string) => void) {
    this.#line = line;
  }

  push(chunk: Uint8Array | string): void {
    const text = typeof chunk === "string" ? chunk : this.#decoder.write(chunk as Buffer);
    this.#rest += text;
    if (text.includes("\n")) {
      const lines = this.#rest.split(/\r?\n/);
      this.#rest = lines.pop()!;
      for (const line of lines) this.#line(line);
    }
    if (this.#rest.length >= longestLine) this.#giveRest();
  }

  end(): void {
    this.#rest += this.#decoder.end();
    this.#giveRest();
  }

  #giveRest(): void {
    if (this.#rest !== "") this.#line(this.#rest);
    this.#rest = "";
  }
}
