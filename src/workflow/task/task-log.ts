/**
 * The log of one attempt: each line has its time, "out", "err" or "stack" (of the task's error), and the text. In a local datastore
 * the file is appended to; to a remote one the whole log is uploaded from time to time, and at the end.
 */
import { appendFileSync, closeSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { FolderStore, type Store } from "../../storage/index.js";
import { makeFolder } from "../../system/index.js";

export interface LogLine {
  /** ISO time. */
  readonly time: string;
  readonly stream: "out" | "err";
  readonly text: string;
}

/**
 * Milliseconds until a log of this length is uploaded again. Each upload sends the whole log, so a longer one waits longer: on
 * average about 250 kB a second at most.
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

  write(stream: LogLine["stream"] | "stack", text: string): void {
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
      // A failed upload is retried with the next lines; the task continues.
      .catch(() => {});
  }
}

function openToAppend(path: string): number {
  makeFolder(dirname(path));
  return openSync(path, "a");
}

/** Parses a stored log, the error's stack as "err"; leaves out a last line that is still being written. */
export function parseLog(text: string): LogLine[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const match = /^(\S+) (out|err|stack) (.*)$/s.exec(line);
      return match
        ? { time: match[1]!, stream: match[2] === "out" ? "out" : "err", text: match[3]! }
        : { time: "", stream: "out", text: line };
    });
}

/** Parses what the task printed, without its error's stack. */
export function parsePrinted(text: string): LogLine[] {
  const printed = text.split("\n").filter((line) => !/^\S+ stack /.test(line));
  return parseLog(printed.join("\n"));
}

/** The maximum length of a line, in characters; longer ones are split, so that output without line breaks cannot fill the memory. */
const longestLine = 2 ** 20;

/** Splits a stream of chunks into lines. Bytes are UTF-8; a chunk may end within a character. */
export class LineSplitter {
  #rest = "";
  /** Whether what is given next belongs to a line whose beginning has been given. */
  #isSplit = false;
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
      // The end of a split line may come alone: it is not an empty line.
      if (this.#isSplit && lines[0] === "") lines.shift();
      this.#isSplit = false;
      for (const line of lines) this.#line(line);
    }
    if (this.#rest.length >= longestLine) {
      this.#giveRest();
      this.#isSplit = true;
    }
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
