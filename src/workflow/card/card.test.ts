import { expect, it } from "vitest";
import { markdownToHtml } from "./markdown.js";
import { renderCard } from "./render.js";

const place = { flow: "f", run: "r", step: "s", task: "0" };

it("draws every block into one page that loads nothing and runs nothing", async () => {
  const page = await renderCard({
    ...place,
    title: "<script>alert(1)</script>",
    isOver: true,
    blocks: [
      {
        type: "markdown",
        text: "# Title\n\n- **a** `<b>`\n- [x](javascript:alert(1)) [y](https://example.org)",
      },
      {
        type: "table",
        rows: [
          { name: "<i>", hits: 0.123456789 },
          { name: "b", hits: null },
        ],
        highlight: 0,
      },
      { type: "values", boxes: [{ title: "hit ratio", value: 0.25, note: "@100" }] },
      { type: "progress", title: "epochs", done: 3, total: 10 },
      { type: "error", message: "it broke <here>", hint: "mend it" },
      {
        type: "chart",
        spec: {
          data: { values: [{ a: 1, b: 2 }] },
          mark: "bar",
          encoding: { x: { field: "a" }, y: { field: "b" } },
        },
      },
      { type: "image", contents: Uint8Array.of(0x89, 0x50), alt: 'a "picture"' },
    ],
  });
  expect(page).not.toMatch(/<script|<i>|<here>|javascript:[^)]*"|<link|http-equiv="refresh"/);
  expect(page).toContain('<a href="https://example.org">y</a>');
  expect(page).toContain('<tr class="mark"><td>&#60;i&#62;</td><td class="number">0.12346</td></tr>');
  expect(page).toContain("3 of 10");
  const chart = /src="data:image\/svg\+xml;base64,([^"]+)"/.exec(page)![1]!;
  expect(Buffer.from(chart, "base64").toString()).toMatch(/^<svg.*<\/svg>$/s);
});

it("says in the page what is wrong with a chart, and reloads while the step runs", async () => {
  const spec = { data: { url: "http://example.org/data.json" }, mark: "bar" };
  const page = await renderCard({ ...place, isOver: false, blocks: [{ type: "chart", spec }] });
  expect(page).toContain('http-equiv="refresh"');
});

it("reads Markdown's common part", () => {
  expect(
    markdownToHtml("a *b* _c_ snake_case_name\n\n1. x\n2. y\n\n> q\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
  ).toBe(
    "<p>a <em>b</em> <em>c</em> snake_case_name</p>\n<ol><li>x</li><li>y</li></ol>\n<blockquote><p>q</p></blockquote>\n<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
  );
});
