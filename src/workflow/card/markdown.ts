/**
 * Converts a subset of Markdown to HTML: headings, paragraphs, emphasis, code, links, lists, quotes, rules, tables and backslash
 * escapes. Everything else is text: HTML is shown as written, and only http(s), mailto and #place links become links.
 */
import { escapeHtml } from "../../system/index.js";

export function markdownToHtml(markdown: string): string {
  return blocks(markdown.replace(/\r\n?/g, "\n").split("\n"));
}

function blocks(lines: readonly string[]): string {
  const html: string[] = [];
  let i = 0;
  const takeWhile = (test: (line: string) => boolean) => {
    const from = i;
    while (i < lines.length && test(lines[i]!)) i++;
    return lines.slice(from, i);
  };
  while (i < lines.length) {
    const line = lines[i]!;
    const heading = /^(#{1,6})\s+(.*)/.exec(line);
    const fence = /^(```|~~~)/.exec(line)?.[1];
    if (line.trim() === "") i++;
    else if (fence) {
      i++;
      const code = takeWhile((each) => !each.startsWith(fence));
      i++;
      html.push(`<pre><code>${escapeHtml(code.join("\n"))}</code></pre>`);
    } else if (heading) {
      i++;
      const level = heading[1]!.length;
      html.push(`<h${level}>${inline(heading[2]!.trimEnd().replace(/(?<!\s)\s+#+$/, ""))}</h${level}>`);
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      i++;
      html.push("<hr>");
    } else if (/^\s*>/.test(line)) {
      const quoted = takeWhile((each) => /^\s*>/.test(each)).map((each) => each.replace(/^\s*> ?/, ""));
      html.push(`<blockquote>${blocks(quoted)}</blockquote>`);
    } else if (bullet.test(line) || numbered.test(line)) {
      const [marker, tag] = bullet.test(line) ? ([bullet, "ul"] as const) : ([numbered, "ol"] as const);
      const items = list(
        takeWhile((each) => marker.test(each) || (/^\s{2,}\S/.test(each) && each.trim() !== "")),
        marker,
      );
      html.push(`<${tag}>${items}</${tag}>`);
    } else if (
      line.includes("|") &&
      /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test((lines[i + 1] ?? "").replace(/\s+/g, " "))
    ) {
      const rows = takeWhile((each) => each.includes("|") && each.trim() !== "");
      html.push(pipeTable(rows));
    } else {
      const paragraph = takeWhile((each) => each.trim() !== "" && !/^(#{1,6}\s|```|~~~|\s*>)/.test(each));
      html.push(`<p>${inline(paragraph.join("\n"))}</p>`);
    }
  }
  return html.join("\n");
}

const bullet = /^\s*[-*+]\s+/;
const numbered = /^\s*\d+[.)]\s+/;

/** Lines indented by two or more belong to the item above them. */
function list(lines: readonly string[], marker: RegExp): string {
  const items: string[][] = [];
  for (const line of lines) {
    if (/^\s{2,}/.test(line) && items.length > 0) items.at(-1)!.push(line.replace(/^\s{2,4}/, ""));
    else items.push([line.replace(marker, "")]);
  }
  return items
    .map(([first, ...rest]) => `<li>${inline(first!)}${rest.length > 0 ? blocks(rest) : ""}</li>`)
    .join("");
}

function pipeTable(rows: readonly string[]): string {
  const cells = (row: string) =>
    row
      .trim()
      .replace(/^\||(?<!\\)\|$/g, "")
      .split(/(?<!\\)\|/)
      .map((cell) => inline(cell.trim()));
  const [head, , ...body] = rows;
  const header = cells(head!).map((cell) => `<th>${cell}</th>`);
  const lines = body.map(
    (row) =>
      `<tr>${cells(row)
        .map((cell) => `<td>${cell}</td>`)
        .join("")}</tr>`,
  );
  return `<table><thead><tr>${header.join("")}</tr></thead><tbody>${lines.join("")}</tbody></table>`;
}

function inline(text: string): string {
  const html: string[] = [];
  let plain = "";
  // From left to right, so that nothing within code is Markdown, and an escaped character opens neither code nor emphasis.
  for (const [, escaped, code, other] of text.matchAll(/\\([!-/:-@[-`{-~])|`([^`]+)`|([^\\`]+|[\\`])/g)) {
    if (code !== undefined) {
      html.push(emphasis(plain), `<code>${escapeHtml(code)}</code>`);
      plain = "";
    } else plain += escaped === undefined ? escapeHtml(other!) : `&#${escaped.charCodeAt(0)};`;
  }
  html.push(emphasis(plain));
  return html.join("");
}

function emphasis(escaped: string): string {
  return escaped
    .replace(/\[([^[\]]+)\]\(([^()\s]+)\)/g, (whole, label: string, target: string) =>
      /^(https?:\/\/|mailto:|&#35;|#)/.test(target) ? `<a href="${target}">${label}</a>` : whole,
    )
    .replace(/\*\*(\S(?:[^*]*\S)?)\*\*/g, "<strong>$1</strong>")
    .replace(/(^|[^\w*])\*(\S(?:[^*]*\S)?)\*(?!\w)/g, "$1<em>$2</em>")
    .replace(/(^|\W)_(\S(?:[^_]*\S)?)_(?!\w)/g, "$1<em>$2</em>");
}
