/** Rejected rows: all written to an optional file, counted by reason, the first few kept for the output. */
import { isUtf8 } from "node:buffer";
import { closeSync, openSync, writeSync } from "node:fs";
import type { Line } from "../../system/index.js";
import { LikelyEncoding } from "./csv/likely-encoding.js";
import { timeRemedy } from "./times/time-of-play.js";

/** Why a row was not used. */
export type RejectReason =
  | "wrong number of fields"
  | "unclosed quote"
  | "text after a closing quote"
  | "NUL byte"
  | "half of a surrogate pair"
  | "not UTF-8"
  | "not valid JSON"
  | "not a playlist"
  | "not a play"
  | "not a song"
  | "no tracks"
  | "not a time"
  | "empty user_id"
  | "empty artist"
  | "empty track"
  | "empty playlist";

export interface Reject {
  readonly file: string;
  /** The line in the file, from 1; for Parquet the row, from 1. */
  readonly line: number;
  readonly reason: RejectReason;
  /** Details: "3 instead of 4". */
  readonly detail?: string;
  /** The original text, cut after 10,000 characters. Bytes that are not UTF-8 are read as Latin-1. */
  readonly text: string;
}

/** A line for the output: where the reject is, and why. */
export function rejectLine({ file, line, reason, detail }: Reject): string {
  return `${file}:${line}: ${reason}${detail ? ` (${detail})` : ""}`;
}

/** The text of a reject: bytes as UTF-8 if valid, otherwise Latin-1. */
export const toldText = (text: Line): string =>
  typeof text === "string" ? text : text.toString(isUtf8(text) ? "utf8" : "latin1");

/** The text of a reject that was parsed as JSON. */
export function toldJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // Unlike parsing, writing JSON is recursive.
    if (error instanceof RangeError) return "(too long, or nested too deeply, to be shown)";
    throw error;
  }
}

const remedies: Partial<Record<RejectReason, string | ((detail?: string) => string)>> = {
  "not a time": (quotedTime = '""') => timeRemedy(quotedTime.slice(1, -1)),
  "not a song":
    'in a history of YouTube, songs are the plays of an artist\'s channel ("Muse - Topic"): other videos do not name artist and title',
};

const longestText = 10_000;
const shown = 5;

export class Rejects {
  readonly first: Reject[] = [];
  readonly byReason: Partial<Record<RejectReason, number>> = {};
  count = 0;
  readonly #remedies = new Set<string>();
  readonly #encoding = new LikelyEncoding();
  readonly #file: number | undefined;
  #pending: string[] = [];

  /** @param path of the file, which must not exist yet; default: none is written */
  constructor(path?: string) {
    this.#file = path === undefined ? undefined : openSync(path, "wx");
  }

  /** Advice that may make rejected rows usable, each a sentence that names an option. */
  get remedies(): readonly string[] {
    return [...(this.byReason["not UTF-8"] ? [this.#encoding.remedy] : []), ...this.#remedies];
  }

  /** @param remedy advice that may make such rows usable; default: the usual one for the reason */
  add(reject: Reject, remedy?: string): void {
    const cut = reject.text.length > longestText ? `${reject.text.slice(0, longestText)}…` : reject.text;
    const kept = { ...reject, text: cut };
    this.count++;
    this.byReason[reject.reason] = (this.byReason[reject.reason] ?? 0) + 1;
    if (reject.reason === "not UTF-8") this.#encoding.add(cut);
    const usual = remedies[reject.reason];
    const sentence = remedy ?? (typeof usual === "function" ? usual(reject.detail) : usual);
    if (sentence !== undefined) this.#remedies.add(sentence);
    if (this.first.length < shown) this.first.push(kept);
    if (this.#file === undefined) return;
    this.#pending.push(JSON.stringify(kept));
    if (this.#pending.length >= 1000) this.#flush(this.#file);
  }

  close(): void {
    if (this.#file !== undefined) this.#flush(this.#file);
    this.abandon();
  }

  abandon(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }

  #flush(file: number): void {
    if (this.#pending.length === 0) return;
    const bytes = Buffer.from(`${this.#pending.join("\n")}\n`);
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    this.#pending = [];
  }
}
