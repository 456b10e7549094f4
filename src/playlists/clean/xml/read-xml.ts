/**
 * Streams XML element by element, so that files of any size take little memory. Entities declared in a document are not expanded,
 * so they cannot explode, and nothing external is fetched.
 */
import { isUtf8 } from "node:buffer";
import { readHead, SegueError, type TextSource, textChunks } from "../../../system/index.js";
import type { TextEncoding } from "../raw-file-choices.js";
import { declaredEncoding } from "./xml-forms.js";

export type Attributes = Readonly<Record<string, string>>;

/** Receives elements, in the order of the file. */
export interface XmlVisitor {
  /**
   * @param parent the name of the enclosing element
   * @param line the line of its name, from 1
   */
  open(name: string, attributes: Attributes, parent: string | undefined, line: number): void;
  /** @param text its text after its last child element */
  close(name: string, text: string, parent: string | undefined, line: number): void;
}

/** In characters, of one element. No name is longer. */
const longestText = 1 << 24;
/** Folders of playlists are a few levels deep. Each level takes memory, and a small compressed file may have millions. */
const deepest = 1000;

/**
 * Visits all elements.
 *
 * @throws SegueError code "damaged" if the file is not well-formed, "not-utf-8" if it cannot be decoded, each with the line
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
    if (names.length === deepest) throw damaged(source.path, line(), "elements nested too deeply");
    visitor.open(name, attributes as Attributes, names.at(-1), opened);
    names.push(name);
    text = "";
  };
  parser.onclosetag = end;
  parser.ontext = (piece) => {
    if (text.length + piece.length > longestText)
      throw damaged(source.path, line(), `a text longer than ${longestText >> 20} MiB`);
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

/** The encoding that the document declares takes precedence over the option. */
async function encodingOf(source: TextSource): Promise<TextEncoding> {
  const { head, utf16 } = await readHead(source);
  const declared = declaredEncoding(head.toString("latin1"));
  // UTF-16 has already been converted to UTF-8, whatever it declares.
  if (declared === undefined || utf16 !== undefined || declared === "utf-8" || declared === "us-ascii")
    return source.encoding ?? "utf-8";
  if (["iso-8859-1", "latin1", "windows-1252"].includes(declared)) return "latin-1";
  throw new SegueError(`${source.path} is XML in ${declared}, expected UTF-8`, {
    hint: `convert it: iconv -f ${declared} -t utf-8, and write encoding="utf-8" in its first line`,
    code: "not-utf-8",
  });
}

/** How many bytes form complete characters; the last character may continue in the next chunk. */
function wholeCharacters(bytes: Buffer): number {
  let start = bytes.length - 1;
  // Skips continuation bytes.
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
    hint: "is it Latin-1? Then pass --encoding latin-1; otherwise export it again",
    code: "not-utf-8",
  });
}
