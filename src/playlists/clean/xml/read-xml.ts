/**
 * Reads XML element by element, so that a file of any size takes little memory. Entities that a document declares itself are never
 * put in, so none can grow, and nothing that it points to is fetched.
 */
import { isUtf8 } from "node:buffer";
import { SegueError } from "../../../system/index.js";
import type { TextEncoding } from "../raw-file-choices.js";
import { readHead, type TextSource, textChunks } from "../text-source.js";
import { declaredEncoding } from "./xml-forms.js";

export type Attributes = Readonly<Record<string, string>>;

/** Told about elements, in the order of the file. */
export interface XmlVisitor {
  /**
   * @param parent the element that it stands in
   * @param line where its name stands, from 1
   */
  open(name: string, attributes: Attributes, parent: string | undefined, line: number): void;
  /** @param text what stands in it, behind the last element within */
  close(name: string, text: string, parent: string | undefined, line: number): void;
}

/**
 * Visits all elements.
 *
 * @throws SegueError code "damaged" where the file is not well-formed, "not-utf-8" where its letters cannot be read, each with the line
 */
export async function readXml(source: TextSource, visitor: XmlVisitor): Promise<void> {
  const { default: sax } = await import("sax");
  const parser = sax.parser(true, { strictEntities: true } as object);
  const line = () => parser.line + 1;
  const names: string[] = [];
  let opened = 1;
  let text = "";
  const end = () => {
    const name = names.pop()!;
    visitor.close(name, text, names.at(-1), line());
    text = "";
  };
  parser.onopentagstart = () => {
    opened = line();
  };
  parser.onopentag = ({ name, attributes }) => {
    visitor.open(name, attributes as Attributes, names.at(-1), opened);
    names.push(name);
    text = "";
  };
  parser.onclosetag = end;
  parser.ontext = (piece) => {
    text += piece;
  };
  parser.oncdata = parser.ontext;
  parser.onerror = (error) => {
    throw damaged(source.path, line(), error.message.split("\n", 1)[0]!);
  };
  const encoding = await encodingOf(source);
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of textChunks({ ...source, encoding })) {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const whole = bytes.subarray(0, wholeCharacters(bytes));
    if (!isUtf8(whole)) throw notUtf8(source.path, whole, line());
    parser.write(whole.toString());
    held = bytes.subarray(whole.length);
  }
  if (held.length > 0) throw notUtf8(source.path, held, line());
  parser.close();
}

/** What the document says of itself counts, since it cannot be read otherwise. */
async function encodingOf(source: TextSource): Promise<TextEncoding> {
  const { head, utf16 } = await readHead(source);
  const declared = declaredEncoding(head.toString("latin1").replace(/^\xef\xbb\xbf/, ""));
  // The text of UTF-16 is UTF-8 by now, whatever stands in it.
  if (declared === undefined || utf16 !== undefined || declared === "utf-8" || declared === "us-ascii")
    return source.encoding;
  if (["iso-8859-1", "latin1", "windows-1252"].includes(declared)) return "latin-1";
  throw new SegueError(`${source.path} is XML in ${declared}, wanted UTF-8`, {
    hint: `convert it: iconv -f ${declared} -t utf-8, and write encoding="utf-8" in its first line`,
    code: "not-utf-8",
  });
}

/** How many bytes come before the last character, where that may go on behind the end. */
function wholeCharacters(bytes: Buffer): number {
  let start = bytes.length - 1;
  // The bytes of a character but the first.
  while (start > bytes.length - 4 && (bytes[start]! & 0xc0) === 0x80) start--;
  return (bytes[start] ?? 0) >= 0xc0 ? start : bytes.length;
}

function damaged(path: string, line: number, what: string): SegueError {
  return new SegueError(`${path}, line ${line}: not well-formed XML: ${what}`, {
    hint: "it may be truncated, or edited by hand: export or copy it again",
    code: "damaged",
  });
}

/** @param before the line on which `bytes` begin */
function notUtf8(path: string, bytes: Buffer, before: number): SegueError {
  const lines = bytes.toString("latin1").split("\n");
  const odd = lines.findIndex((line) => !isUtf8(Buffer.from(line, "latin1")));
  return new SegueError(`${path}, line ${before + Math.max(0, odd)}: not UTF-8`, {
    hint: "is it Latin-1? Then say --encoding latin-1; else export it again",
    code: "not-utf-8",
  });
}
