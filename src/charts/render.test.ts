import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../studio/browser.testkit.js";
import { renderPng, renderSvg } from "./index.js";

const bars = {
  title: "Songs of Björk",
  data: {
    values: [
      { name: "Hyperballad", plays: 40 },
      { name: "Jóga", plays: 31 },
    ],
  },
  mark: "bar",
  encoding: {
    x: { field: "plays", type: "quantitative" },
    y: { field: "name", type: "nominal", title: null },
  },
};

describe("renderSvg", () => {
  it("draws the same bytes every time", async () => {
    const svg = await renderSvg(bars);
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain("Jóga");
    expect(await renderSvg(bars)).toBe(svg);
  });

  it("is a valid picture whatever a name holds", async () => {
    const values = [{ name: "Joga\b\x1b[31m\uffff<b>&", plays: 31 }];
    const svg = await renderSvg({ ...bars, data: { values } });
    expect(svg).toContain("Joga\ufffd\ufffd[31m\ufffd&lt;b&gt;&amp;");
    expect(await renderPng(svg)).toBeInstanceOf(Uint8Array);
  });

  it("takes the colours of the theme", async () => {
    expect(await renderSvg(bars, { theme: "dark" })).toContain("#17171b");
    expect(await renderSvg(bars)).toContain("#ffffff");
    const own = await renderSvg({ ...bars, config: { background: "#123456" } }, { theme: "dark" });
    expect(own).toContain("#123456");
    expect(own).not.toContain("#17171b");
  });

  it("measures text with the font, so a narrow label leaves little room", async () => {
    const plotStart = async (name: string) => {
      const svg = await renderSvg({ ...bars, data: { values: [{ name, plays: 1 }] } });
      return Number(/translate\((\d+)/.exec(svg)![1]);
    };
    expect(await plotStart("WWWWWWWWWW")).toBeGreaterThan((await plotStart("iiiiiiiiii")) + 40);
  });

  it("truncates a long name without splitting a character", async () => {
    const named = (name: string) =>
      renderSvg({
        ...bars,
        data: { values: [{ name, plays: 1 }] },
        config: { axis: { labelLimit: 90 } },
      });
    expect(await named("The Orchestra of the Interminable Suffixes")).toMatch(/>The Orchestra[^<]*…</);
    expect(await named("The Orchestra")).toContain(">The Orchestra<");
    for (const name of ["🎸".repeat(40), `a${"🎸".repeat(40)}`]) {
      const [, shown] = />(a?🎸[^<]*)…</u.exec(await named(name))!;
      expect(shown!.isWellFormed()).toBe(true);
    }
  });

  it("says what is wrong with an invalid spec", async () => {
    await expect(renderSvg({ mark: "bagpipe", data: { values: [] } } as never)).rejects.toThrow(
      /cannot be drawn/,
    );
  });
});

describe.skipIf(!hasChromium)("a chart in a browser without Inter", () => {
  it.each([
    ["the legend at its right", "Law"],
    ["its title", "Is it a power law, and if so which one is it?"],
  ])("has room for %s", async (_, title) => {
    const names = ["Orchestras of the North", "illicit filli, 1,000"];
    const svg = await renderSvg({
      title,
      width: 60,
      data: { values: names.map((name, i) => ({ name, plays: 10 + i })) },
      mark: "bar",
      encoding: { ...bars.encoding, color: { field: "name", type: "nominal" } },
    });
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.setContent(svg.replaceAll("Inter, system-ui", "DejaVu Sans"));
      const [end, edge] = (await page.evaluate(`[
        Math.max(...[...document.querySelectorAll("text")].map((text) => text.getBoundingClientRect().right)),
        document.querySelector("svg").getBoundingClientRect().right,
      ]`)) as [number, number];
      expect(end).toBeLessThanOrEqual(edge - 4);
    } finally {
      await browser.close();
    }
  });
});

describe("renderPng", () => {
  it("rasterises at the requested scale, with text", async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><text y="15">Hello</text></svg>';
    const png = await renderPng(svg, { scale: 3 });
    expect(Buffer.from(png.subarray(1, 4)).toString()).toBe("PNG");
    expect(Buffer.from(png).readUInt32BE(16)).toBe(180);
    const blank = await renderPng(svg.replace("Hello", ""), { scale: 3 });
    expect(png.length).toBeGreaterThan(blank.length + 100);
  });

  const hasDejaVu = existsSync("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");
  if (!hasDejaVu) console.warn("skipped: text that Inter lacks (apt-get install fonts-dejavu-core)");
  it.skipIf(!hasDejaVu)("draws text that Inter lacks in its own weight", async () => {
    const drawn = (weight: number) =>
      renderPng(
        `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><g aria-label=" > עברית"><text font-weight="${weight}" y="15">Abba שלום</text></g></svg>`,
      );
    expect(await drawn(400)).not.toEqual(await drawn(600));
  });
});
