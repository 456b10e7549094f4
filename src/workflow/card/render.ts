/** Renders a card's blocks as one self-contained HTML page: no external scripts, fonts or pictures. */
import { type ChartSpec, renderSvg } from "../../charts/index.js";
import { escapeHtml, messageOf } from "../../system/index.js";
import { whenDark } from "../theme.js";
import type { ValueBox } from "./card.js";
import { darkByNight } from "./dark-by-night.js";
import { markdownToHtml } from "./markdown.js";
import { cardStyle } from "./style.js";
import { tableToHtml } from "./table-html.js";

export type Block =
  | { readonly type: "markdown"; readonly text: string }
  | {
      readonly type: "table";
      readonly rows: readonly object[];
      readonly caption?: string;
      readonly columns?: readonly string[];
      readonly highlight?: number;
    }
  | { readonly type: "chart"; readonly spec: object; readonly caption?: string }
  | {
      readonly type: "image";
      readonly contents: Uint8Array | string;
      readonly caption?: string;
      readonly alt?: string;
    }
  | { readonly type: "values"; readonly boxes: readonly ValueBox[] }
  | {
      readonly type: "progress";
      readonly title: string;
      readonly done: number;
      readonly total: number;
      readonly unit?: string;
      readonly note?: string;
    }
  | { readonly type: "error"; readonly message: string; readonly hint?: string; readonly stack?: string };

export interface CardPlace {
  readonly flow: string;
  readonly run: string;
  readonly step: string;
  readonly task: string;
}

export interface CardPage extends CardPlace {
  readonly title?: string;
  readonly blocks: readonly Block[];
  /** false while the step runs: the page then reloads itself. */
  readonly isOver: boolean;
}

export async function renderCard(page: CardPage): Promise<string> {
  const place = [page.flow, page.run, page.step, page.task].map(escapeHtml).join(" / ");
  const title = escapeHtml(page.title ?? page.step);
  const body: string[] = [];
  for (const block of page.blocks) {
    // If a block cannot be drawn, an error takes its place; the rest of the card is kept.
    const html = await renderBlock(block).catch((error) => errorSection({ message: messageOf(error) }));
    body.push(html);
  }
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
${page.isOver ? "" : '<meta http-equiv="refresh" content="2">\n'}<title>${title}</title>
<style>${cardStyle}</style>
</head>
<body>
<header><h1>${title}</h1><p>${place}${page.isOver ? "" : ' · <span class="live">running</span>'}</p></header>
<main>
${body.join("\n")}
</main>
</body>
</html>
`;
}

async function renderBlock(block: Block): Promise<string> {
  switch (block.type) {
    case "markdown":
      return `<section>${markdownToHtml(block.text)}</section>`;
    case "table":
      return figure(tableToHtml(block.rows, block), block.caption);
    case "chart":
      return figure(chart(await renderSvg(block.spec as ChartSpec), block.caption ?? "chart"), block.caption);
    case "image":
      return figure(image(block.contents, block.alt ?? block.caption ?? ""), block.caption);
    case "values":
      return `<div class="values">${block.boxes.map(valueBox).join("")}</div>`;
    case "progress":
      return progressBar(block);
    case "error":
      return errorSection(block);
  }
}

function errorSection(error: { message: string; hint?: string; stack?: string }): string {
  const hint = error.hint ? `<p>→ ${escapeHtml(error.hint)}</p>` : "";
  const stack = error.stack
    ? `<details><summary>where</summary><pre>${escapeHtml(error.stack)}</pre></details>`
    : "";
  return `<section class="error"><strong>${escapeHtml(error.message)}</strong>${hint}${stack}</section>`;
}

function figure(contents: string, caption: string | undefined): string {
  const below = caption === undefined ? "" : `<figcaption>${escapeHtml(caption)}</figcaption>`;
  // So that the keyboard can scroll what is wider than the page.
  return `<figure tabindex="0">${contents}${below}</figure>`;
}

function valueBox({ title, value, note }: ValueBox): string {
  // Four digits after the point would make a small p-value 0.
  const digits = Math.abs(Number(value)) < 1 ? { maximumSignificantDigits: 4 } : { maximumFractionDigits: 4 };
  const shown = typeof value === "number" ? value.toLocaleString("en-US", digits) : value;
  const below = note === undefined ? "" : `<small>${escapeHtml(note)}</small>`;
  return `<div><span>${escapeHtml(title)}</span><strong>${escapeHtml(shown)}</strong>${below}</div>`;
}

function progressBar(block: Extract<Block, { type: "progress" }>): string {
  const share = block.total > 0 ? Math.min(1, Math.max(0, block.done / block.total)) : 0;
  const count = `${block.done} of ${block.total}${block.unit ? ` ${block.unit}` : ""}`;
  const note = block.note ? ` · ${block.note}` : "";
  return `<section class="progress"><span>${escapeHtml(block.title)}</span><progress max="1" value="${share.toFixed(4)}"></progress><small>${escapeHtml(count + note)}</small></section>`;
}

function chart(svg: string, alt: string): string {
  const themed = darkByNight(svg);
  return themed === undefined ? svgImage(svg, alt) : svgImage(themed, alt, "themed");
}

/**
 * As an image, an SVG cannot act on the page. It is embedded as text: that is shorter than base64, and lets `onlyTheme` find its
 * styles.
 */
function svgImage(svg: string, alt: string, look?: "themed"): string {
  const source = svg.replace(/[%#"&<>\n\r\t]/g, encodeURIComponent);
  return `<img${look ? ` class="${look}"` : ""} alt="${escapeHtml(alt)}" src="data:image/svg+xml,${source}">`;
}

const typeByFirstByte: Readonly<Record<number, string>> = { 137: "png", 255: "jpeg", 82: "webp" };

function image(contents: Uint8Array | string, alt: string): string {
  if (typeof contents === "string") {
    // A picture with its own dark style has its own background: white behind it would show at its rounded corners.
    if (contents.trimStart().startsWith("<"))
      return svgImage(contents, alt, contents.includes(whenDark) ? "themed" : undefined);
    const message = `this image is not SVG: "${contents.slice(0, 100)}"`;
    return errorSection({ message, hint: "for a file, pass its bytes: card.image(readFileSync(path))" });
  }
  const type = typeByFirstByte[contents[0] ?? 0] ?? "gif";
  return `<img alt="${escapeHtml(alt)}" src="data:image/${type};base64,${Buffer.from(contents).toString("base64")}">`;
}
