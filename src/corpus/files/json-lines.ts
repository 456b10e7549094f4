/** Reads JSON lines: the rules for a line, and reading that stops at the first error, which names the file and the line. */
import { stat } from "node:fs/promises";
import {
  asWritten,
  type Line,
  lineBlocks,
  messageOf,
  type Progress,
  SegueError,
  silent,
  type TextSource,
} from "../../system/index.js";
import type { Flaw } from "./flaw.js";

export interface ReadOptions {
  /** Receives the bytes read of each file. */
  readonly progress?: Progress;
  /** Stops reading, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Why a line cannot be read. */
type LineProblem = Flaw | "not UTF-8" | "not valid JSON";

/** Receives what lines hold, in order. */
export interface JsonLinesVisitor {
  /** @param line its number, from 1 */
  visit(value: unknown, line: number, text: string): void;
  /** @param detail the error of the parser */
  refuse(problem: LineProblem, line: number, text: Line, detail?: string): void;
}

/**
 * Visits each line's value. Ignores blank lines, and byte order marks before lines: files are put together from several.
 *
 * @param hint what to do if a line is too long
 * @throws SegueError as `lineBlocks`
 */
export async function visitJsonLines(
  source: TextSource,
  visitor: JsonLinesVisitor,
  hint: string,
): Promise<void> {
  let number = 0;
  for await (const lines of lineBlocks(source, hint))
    for (const line of lines) {
      number++;
      if (typeof line !== "string") {
        visitor.refuse(line.includes(0) ? "NUL byte" : "not UTF-8", number, line);
        continue;
      }
      if (line.trim() === "") continue;
      let value: unknown;
      try {
        value = JSON.parse(line.charCodeAt(0) === 0xfeff ? line.slice(1) : line);
      } catch (error) {
        // No JSON holds one, except as an escape.
        if (line.includes("\0")) visitor.refuse("NUL byte", number, line);
        else visitor.refuse("not valid JSON", number, line, messageOf(error));
        continue;
      }
      visitor.visit(value, number, line);
    }
}

/** Throws an error that points at the current line: "plays.jsonl:17: …". */
export type Complain = (what: string) => never;

/**
 * Calls `visit` with each line's object, in order.
 *
 * @param shape an example of a valid line, shown as the hint if a line is not a JSON object
 * @throws SegueError naming file and line: no such file, truncated gzip, bad UTF-8, bad JSON, not an object
 */
export async function readJsonLines(
  path: string,
  shape: string,
  visit: (object: Readonly<Record<string, unknown>>, complain: Complain, line: number) => void,
  { progress = silent, signal }: ReadOptions = {},
): Promise<void> {
  const facts = await stat(path).catch(() => undefined);
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    const total = facts?.isFile() ? facts.size : undefined;
    progress({ task: `reading ${path}`, done, unit: "bytes", ...(total !== undefined && { total }) });
  };
  const example = `each line should look like ${shape}`;
  // Unlike a file, a pipe has no name to tell its format by.
  const otherFormat = `a pipe must hold JSON lines: write other formats to a file first; ${example}`;
  let at = 0;
  let objects = 0;
  const complain = (what: string, hint = example): never => {
    throw new SegueError(`${path}:${at}: ${what}`, { hint, code: "bad-input" });
  };
  const explain = (what: string) => complain(what);
  const visitor: JsonLinesVisitor = {
    visit(value, line) {
      at = line;
      if (typeof value !== "object" || value === null || Array.isArray(value))
        return complain(`expected an object, found ${asWritten(value)}`);
      objects++;
      visit(value as Record<string, unknown>, explain, line);
    },
    refuse(problem, line, text, detail) {
      at = line;
      const other = line === 1 ? otherForms[text.toString().slice(0, 4)] : undefined;
      const hint = objects === 0 && !facts?.isFile() ? otherFormat : undefined;
      if (other !== undefined) complain(`${other}, expected JSON lines`, hint);
      if (problem === "not UTF-8") complain("not UTF-8 text", hint ?? "save the file as UTF-8");
      complain(detail === undefined ? problem : `not JSON: ${detail}`, hint);
    },
  };
  await visitJsonLines({ path, onBytes, signal }, visitor, example);
}

/** Other formats by their first bytes. */
const otherForms: Readonly<Record<string, string>> = { PAR1: "Parquet", "PK\x03\x04": "a zip archive" };
