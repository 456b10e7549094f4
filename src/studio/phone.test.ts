/** The studio on a phone: names that can be read, no keys that are not there. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CorpusBuilder } from "../corpus/index.js";
import { axeViolations, hasChromium } from "./browser.testkit.js";
import { type TestStudio, testStudio } from "./studio.testkit.js";

/** Playlists of songs whose names are as long as many are. */
function corpus() {
  const builder = new CorpusBuilder();
  for (let p = 0; p < 30; p++) {
    const numbers = Array.from({ length: 9 }, (_, i) => (p + i) % 14);
    const artists = numbers.map((n) => `The Orchestra Number ${n % 3}`);
    const tracks = numbers.map((n, i) => `${artists[i]}-Symphony of the Seas ${n} (Remastered)`);
    builder.add({ id: `p${p}`, tracks, artists });
  }
  return builder.build();
}

describe.skipIf(!hasChromium)("on a phone", () => {
  let studio: TestStudio;
  beforeAll(async () => {
    studio = await testStudio({ corpus: corpus() });
  });
  afterAll(() => studio?.close());

  async function open(hash: string, ready: string) {
    const context = await studio.browser.newContext({
      hasTouch: true,
      isMobile: true,
      viewport: { width: 390, height: 844 },
    });
    const page = await context.newPage();
    await page.goto(`${studio.url}/${hash}`);
    await page.waitForSelector(ready, { timeout: 30_000 });
    return page;
  }
  /** The texts that match and do not fit where they stand. */
  const cut = (page: Page, selector: string) =>
    page.evaluate(`[...document.querySelectorAll("${selector}")]
      .filter((each) => each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight)
      .map((each) => each.textContent)`);

  it("shows full songs, artists and reasons, and no keyboard shortcuts", async () => {
    const page = await open("#/listen", ".take");
    for (let count = 1; count <= 3; count++) {
      await page.locator(".take").first().tap();
      await page.locator(`[data-track="${count - 1}"]`).waitFor();
    }
    await page.waitForLoadState("networkidle");
    expect(await page.locator("[data-track] .clamped, .take .clamped").count()).toBeGreaterThan(20);
    expect(await cut(page, ".clamped")).toEqual([]);
    const visible = async (what: string) =>
      new Set(await Promise.all((await page.locator(what).all()).map((each) => each.isVisible())));
    expect(await visible("kbd, .keys")).toEqual(new Set([false]));
    expect(await visible(".take .dot")).toEqual(new Set([true]));
    expect(await axeViolations(page)).toEqual([]);
    await page.context().close();
  });

  it("has its parts in the order of the keys", async () => {
    const page = await open("#/listen", ".take");
    const tops = (await page.evaluate(
      "[...document.querySelectorAll('.columns section')].map((each) => each.getBoundingClientRect().top)",
    )) as number[];
    expect(tops).toHaveLength(3);
    expect(tops).toEqual([...tops].sort((a, b) => a - b));
    await page.context().close();
  });

  it("shows the full names of the most played songs", async () => {
    const page = await open("#/data", "section[aria-label='Most played songs'] li");
    expect(await page.locator("li .clamped").count()).toBeGreaterThan(5);
    expect(await cut(page, "li .clamped")).toEqual([]);
    await page.context().close();
  });

  it("has inputs with large enough text that touching them does not zoom in", async () => {
    for (const [hash, ready] of [
      ["#/listen", ".take"],
      ["#/map", "main > *"],
      ["#/runs", "main > *"],
    ] as const) {
      const page = await open(hash, ready);
      const sizes = (await page.evaluate(
        "[...document.querySelectorAll('input:not([type=file]), select, textarea')].map((box) => parseFloat(getComputedStyle(box).fontSize))",
      )) as number[];
      for (const size of sizes) expect(size).toBeGreaterThanOrEqual(16);
      if (hash === "#/listen") expect(sizes.length).toBeGreaterThan(4);
      await page.context().close();
    }
  });
});
