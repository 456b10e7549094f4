/** A YAML file of conf/, with the line number of each name in it. */
import { isUtf8 } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import type { Document } from "yaml";
import { explainDiskError } from "../errors/disk-error.js";
import { messageOf, misuse } from "../errors/errors.js";

export interface ConfFile {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where a nested name is, given the names on the way to it: "conf/local/params.yml, line 3". */
  placeOf(...path: string[]): string;
}

const remedies: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "indent the line with spaces",
  DUPLICATE_KEY: "leave one of the two out",
};

/** Unresolved aliases are only detected here. */
function valuesOf(document: Document, file: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    throw misuse(`cannot read ${file}: ${messageOf(error)}`);
  }
}

/**
 * Reads a file, or returns undefined if there is none.
 *
 * @param holds what the file must hold, for messages: 'parameters by name, such as "seed: 1"'
 * @throws SegueError (misuse) naming the file, if it is not an ordinary file, not UTF-8 or not a mapping; (code "disk") if the system
 *   refuses to read it
 */
export async function readConfFile(file: string, holds: string): Promise<ConfFile | undefined> {
  let bytes: Buffer;
  try {
    const there = statSync(file, { throwIfNoEntry: false });
    if (there === undefined) return undefined;
    // Reading a device may never end, and could not be interrupted.
    if (!there.isFile() && !there.isDirectory())
      throw misuse(`${file} is not an ordinary file`, "put a YAML file there");
    bytes = readFileSync(file);
  } catch (error) {
    throw explainDiskError(error, file);
  }
  if (!isUtf8(bytes)) {
    const lines = bytes.toString("latin1").split("\n");
    const bad = lines.findIndex((line) => !isUtf8(Buffer.from(line, "latin1")));
    throw misuse(`${file}, line ${bad + 1}: not UTF-8 text`, "save the file as UTF-8");
  }
  const { isMap, isScalar, LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  // Without the parser's code frame: the message names the line instead.
  const document = parseDocument(bytes.toString(), { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw misuse(
      // The parser's own message is that of the JavaScript engine: "Maximum call stack size exceeded".
      `${file}, line ${lines.linePos(broken.pos[0]).line}: ${broken.code === "RESOURCE_EXHAUSTION" ? "it is nested too deeply" : broken.message}`,
      remedies[broken.code] ?? "the file must be YAML: one `name: value` per line, indented with spaces",
    );
  const values: unknown = valuesOf(document, file);
  if (typeof values !== "object" || Array.isArray(values)) throw misuse(`${file} must hold ${holds}`);
  const placeOf = (...path: string[]) => {
    const parent = document.getIn(path.slice(0, -1), true);
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === path.at(-1))
      : undefined;
    const range = isScalar(pair?.key) ? pair.key.range : undefined;
    return range ? `${file}, line ${lines.linePos(range[0]).line}` : file;
  };
  return { values: values as Record<string, unknown>, placeOf };
}
