/**
 * A second implementation of the CSV grammar, written to be obviously correct rather than fast: whole strings, one line at a
 * time. The scanner is checked against it.
 */

type Problem = "open" | "text" | "fields";

/** Splits a record into fields. "more" means that a quote is open at the end. */
function parseRecord(record: string, escapes: boolean): string[] | "more" | "text" {
  const fields: string[] = [];
  let rest = record;
  for (;;) {
    let field = "";
    const quoted = /^ *"/.exec(rest);
    if (quoted) {
      rest = rest.slice(quoted[0].length);
      for (;;) {
        if (rest === "") return "more";
        if (escapes && rest[0] === "\\") {
          if (rest.length === 1) return "more";
          field += rest[1];
          rest = rest.slice(2);
        } else if (rest.startsWith('""')) {
          field += '"';
          rest = rest.slice(2);
        } else if (rest[0] === '"') {
          rest = rest.slice(1);
          break;
        } else {
          field += rest[0];
          rest = rest.slice(1);
        }
      }
      if (rest !== "" && rest[0] !== ",") return "text";
    } else {
      while (rest !== "" && rest[0] !== ",") {
        if (escapes && rest[0] === "\\" && rest.length > 1) rest = rest.slice(1);
        field += rest[0];
        rest = rest.slice(1);
      }
    }
    fields.push(field);
    if (rest === "") return fields;
    rest = rest.slice(1);
  }
}

/** What `CsvScanner` should find in a text, given without its header. */
export function slowScan(text: string, escapes: boolean) {
  const rows: string[][] = [];
  const rejects: { line: number; reason: string }[] = [];
  let mayEndTwice: boolean | undefined;
  // Lines with their line ends; the last may have none.
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const bare = (record: string) =>
    record.replace(/\r?\n$/, "").replace(/\r$/, (end) => (record.endsWith("\n") ? end : ""));
  for (let at = 0; at < lines.length; ) {
    if (bare(lines[at]!) === "") {
      at++;
      continue;
    }
    let used = 1;
    let record = lines[at]!;
    let parsed = parseRecord(bare(record), escapes);
    // An open quote: the line end belongs to the field, which continues on the next line.
    while (at + used < lines.length && parseRecord(record, escapes) === "more") {
      record += lines[at + used++];
      parsed = parseRecord(bare(record), escapes);
      if (parsed === "more" && parseRecord(record, escapes) !== "more") break;
    }
    const isEndedTwice = parsed.length === 5 && parsed[4] === "";
    if (isEndedTwice || (Array.isArray(parsed) && parsed.length === 4)) mayEndTwice ??= isEndedTwice;
    let problem: Problem | undefined;
    if (parsed === "more" || parsed === "text") problem = parsed === "more" || used > 1 ? "open" : "text";
    else if (parsed.length !== 4 && !(isEndedTwice && mayEndTwice)) problem = used > 1 ? "open" : "fields";
    const reject = (reason: string) => rejects.push({ line: at + 1 + 1, reason });
    if (problem !== undefined) {
      used = 1;
      record = lines[at]!;
    }
    if (record.includes("\0")) reject("NUL byte");
    else if (problem === "fields") reject("wrong number of fields");
    else if (problem !== undefined) {
      const visible = escapes ? record.replace(/\\[\s\S]/g, "") : record;
      const odd = visible.split('"').length % 2 === 0;
      reject(problem === "open" || odd ? "unclosed quote" : "text after a closing quote");
    } else {
      const fields = (parsed as string[]).slice(0, 4).map((field) => field.trim().normalize("NFC"));
      const empty = fields.findIndex((field) => /^[\0-\x20]*$/.test(field));
      if (empty === -1) rows.push(fields);
      else reject(`empty ${["user_id", "artist", "track", "playlist"][empty]}`);
    }
    at += used;
  }
  return { rows, rejects, count: rows.length + rejects.length };
}
