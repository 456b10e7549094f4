import { expect, it } from "vitest";
import { onlyTheme, whenDark } from "../theme.js";
import { markdownToHtml } from "./markdown.js";
import { renderCard } from "./render.js";

const place = { flow: "f", run: "r", step: "s", task: "0" };
const svgsOf = (page: string) =>
  Array.from(page.matchAll(/src="data:image\/svg\+xml,([^"]+)"/g), ([, source]) =>
    decodeURIComponent(source!),
  );

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
          { name: 2019, hits: 12900000 },
          { name: 9999n, hits: -10000n },
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
  expect(page).toContain(
    '<tr><td>2019</td><td class="number">12,900,000</td></tr><tr><td>9999</td><td class="number">-10,000</td></tr>',
  );
  expect(page).toContain("3 of 10");
  expect(svgsOf(page)).toEqual([expect.stringMatching(/^<svg.*<\/svg>$/s)]);
});

it("rounds figures without changing their size", async () => {
  const values = [
    12300.4,
    19999.6,
    -20000.3,
    123456.78,
    1e-10,
    1.5e-20,
    1e10 + 0.5,
    1 / 3,
    99.9999999,
    Number.NaN,
  ];
  const rows = values.map((x) => ({ x }));
  const boxes = [12300.4, 350881, 0.165842, 0.0000123, 0].map((value) => ({ title: "box", value }));
  const blocks = [{ type: "table", rows } as const, { type: "values", boxes } as const];
  const page = await renderCard({ ...place, title: "t", isOver: true, blocks });
  expect(page.match(/(?<=<strong>)[^<]*/g)).toEqual(["12,300.4", "350,881", "0.1658", "0.0000123", "0"]);
  expect(page.match(/(?<=<td class="number">)[^<]*/g)).toEqual([
    "12,300",
    "20,000",
    "-20,000",
    "123,457",
    "1e-10",
    "1.5e-20",
    "10,000,000,001",
    "0.33333",
    "100",
    "NaN",
  ]);
});

it("aligns figures that were written as text, too, but not names that begin with one", async () => {
  const rows = [
    { model: "2 of them", "fit s": "0.5", base: "", range: "0.033–0.122", when: "2026-01-01" },
    { model: "3", "fit s": "18.1", base: "0.0114", range: "–", when: "2026-01-02" },
  ];
  const page = await renderCard({ ...place, title: "t", isOver: true, blocks: [{ type: "table", rows }] });
  const figures = ["fit s", "base", "range"].map((name) => `<th class="number">${name}</th>`).join("");
  expect(page).toContain(`<tr><th>model</th>${figures}<th>when</th></tr>`);
});

it("converts Markdown in linear time, whatever the names in it are", () => {
  const long = 100_000;
  for (const hostile of [`# a${" ".repeat(long)}b`, "[".repeat(long), `a|b\n-${" ".repeat(long)}b`]) {
    const began = process.cpuUsage();
    markdownToHtml(hostile);
    expect(process.cpuUsage(began).user).toBeLessThan(1_000_000);
  }
  expect(markdownToHtml("# a b ##  \n## #\n[a [b](https://c.org)\n\na|b\n - | :-: \n1|2")).toBe(
    '<h1>a b</h1>\n<h2>#</h2>\n<p>[a <a href="https://c.org">b</a></p>\n<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>',
  );
});

it("draws a chart once for light and dark pages, but a chart with its own colours as light", async () => {
  const bar = (colour: object) => ({
    type: "chart" as const,
    spec: {
      data: { values: [{ a: 1, b: '"<%#&>" ü' }] },
      mark: { type: "bar", ...colour },
      encoding: { y: { field: "b" } },
    },
  });
  const page = await renderCard({ ...place, isOver: true, blocks: [bar({}), bar({ color: "black" })] });
  const [themed, own] = svgsOf(page);
  expect(themed).toContain('[fill="#2a66c8"]{fill:#78acff}');
  expect(themed!.match(/<svg/g)).toHaveLength(1);
  expect(themed).toContain('"&lt;%#&amp;&gt;" ü</text>');
  expect(own).toContain('fill="black"');
  expect(own).not.toContain("<style>");
  expect(page.match(/<img class="themed"/g)).toHaveLength(1);
  // A page for one theme alone says so to the charts in it, too.
  expect(svgsOf(onlyTheme(page, "dark"))[0]).toContain("<style>@media screen{");
  expect(svgsOf(onlyTheme(page, "light"))[0]).toContain("<style>@media not all{");
});

it("puts no white behind a picture with its own dark theme", async () => {
  const picture = (style: string) => ({
    type: "image" as const,
    contents: `<svg xmlns="http://www.w3.org/2000/svg"><style>${style}</style></svg>`,
  });
  const blocks = [picture(`${whenDark}{rect{fill:#000}}`), picture("")];
  const page = await renderCard({ ...place, isOver: true, blocks });
  expect(page.match(/<img class="themed"/g)).toHaveLength(1);
  expect(page.match(/<img /g)).toHaveLength(2);
});

it("says in the page what is wrong with a chart, fetches nothing, and reloads while the step runs", async () => {
  const spec = { data: { url: "http://example.org/data.json" }, mark: "bar" };
  const page = await renderCard({ ...place, isOver: false, blocks: [{ type: "chart", spec }] });
  expect(page).toContain('http-equiv="refresh"');
  expect(page).toContain(
    "this chart cannot be drawn: it loads http://example.org/data.json; put the data into the spec",
  );
});

it("says in the page that a file name is not an image, and what to give", async () => {
  const blocks = [{ type: "image" as const, contents: "plot.png" }];
  const page = await renderCard({ ...place, isOver: true, blocks });
  expect(page).toContain("this image is not SVG: &#34;plot.png&#34;");
  expect(page).toContain("card.image(readFileSync(path))");
  expect(page).not.toContain("<img");
});

it("renders common Markdown", () => {
  expect(
    markdownToHtml("a *b* _c_ snake_case_name\n\n1. x\n2. y\n\n> q\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
  ).toBe(
    "<p>a <em>b</em> <em>c</em> snake_case_name</p>\n<ol><li>x</li><li>y</li></ol>\n<blockquote><p>q</p></blockquote>\n<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
  );
});

it("shows an escaped character literally, not as Markdown or HTML", () => {
  // As the report escapes the names of tracks.
  const escaped = (name: string) => name.replace(/[\\`*_[\]<>#]/g, (sign) => `\\${sign}`);
  const shown = (html: string) => html.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
  for (const name of [
    "*NSYNC-Bye_7 [Live] #1",
    "`a` **b** _c_ \\",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1)) & 'y'",
    "C:\\dir\\*",
  ]) {
    const html = markdownToHtml(`Asked **${escaped(name)}**, _it_ said \`a\\*b\`:`);
    expect(shown(html)).toBe(`<p>Asked <strong>${name}</strong>, <em>it</em> said <code>a\\*b</code>:</p>`);
    expect(html).not.toContain("<script");
  }
  expect(markdownToHtml("## x \\#")).toBe("<h2>x &#35;</h2>");
  expect(markdownToHtml("## x ##")).toBe("<h2>x</h2>");
  expect(markdownToHtml("| a\\|b | c\\| |\n|---|---|\n| \\| | d |")).toBe(
    "<table><thead><tr><th>a&#124;b</th><th>c&#124;</th></tr></thead><tbody><tr><td>&#124;</td><td>d</td></tr></tbody></table>",
  );
  expect(markdownToHtml("\\[y](https://example.org) a\\b")).toBe("<p>&#91;y](https://example.org) a\\b</p>");
});

it("wraps names of any length, so that the page does not scroll sideways", async () => {
  const page = await renderCard({
    ...place,
    isOver: true,
    blocks: [{ type: "markdown", text: "x".repeat(300) }],
  });
  expect(page).toMatch(/body\{[^}]*overflow-wrap:anywhere/);
});
