/** What Listen says of next tracks, in a real browser. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { generatedCorpus } from "../../analysis/analysis.testkit.js";
import type { RunningServer } from "../../serving/index.js";
import { buildPages, hasChromium, launchChromium, openPage } from "../browser.testkit.js";
import { startStudio } from "../index.js";

describe.skipIf(!hasChromium)("next tracks in Listen", () => {
  const corpus = generatedCorpus(300);
  let browser: Browser;
  let server: RunningServer;
  let page: Page;

  beforeAll(async () => {
    buildPages();
    server = await startStudio({ corpus });
    browser = await launchChromium();
  });
  afterEach(async () => {
    await page?.close();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const reasons = () => page.locator(".take .what > .muted").allInnerTexts();
  const playlistsWith = (id: string) => {
    const { tracks, offsets, items } = corpus;
    const number = tracks.indexOf(id);
    return Array.from(offsets.subarray(1), (end, p) => items.subarray(offsets[p], end)).filter((list) =>
      list.includes(number),
    ).length;
  };
  /** What stands there and is not that many have it. */
  const otherwise = async () => (await reasons()).filter((reason) => !/^in \d+ playlists$/.test(reason));

  it("are explained by popularity for an empty or ignored playlist, else by its tracks", async () => {
    ({ page } = await openPage(browser, `${server.url}/#/listen`));
    await page.waitForSelector(".take");
    const shown = (await page.evaluate(
      "[...document.querySelectorAll('.take')].map((each) => each.dataset.id)",
    )) as string[];
    expect(shown).toHaveLength(12);
    expect(await reasons()).toEqual(shown.map((id) => `in ${playlistsWith(id)} playlists`));
    await page.keyboard.press("5");
    await expect.poll(async () => (await reasons()).join()).toMatch(/best match for|same artist as/);
    const chosen = page.getByLabel("Recommender").locator("option:checked");
    const name = await page.getByLabel("Recommender").inputValue();
    expect(await chosen.textContent()).toMatch(new RegExp(`^[a-z ,]+ \\(${name}\\)$`));
    await page.getByLabel("Recommender").selectOption("popularity");
    await expect.poll(otherwise).toEqual([]);
  });

  it("have bars of different lengths for negative scores", async () => {
    page = await browser.newPage();
    const tracks = [-1, -2, -3].map((score) => ({ id: `t${score}`, title: `t${score}`, score }));
    await page.route("**/v1/studio/next", (route) => route.fulfill({ json: { tracks } }));
    await page.goto(`${server.url}/#/listen`);
    await page.waitForSelector(".take");
    const widths = await page.evaluate(
      "[...document.querySelectorAll('.score .bar')].map((bar) => bar.style.width)",
    );
    expect(widths).toEqual(["100%", "50%", "3%"]);
  });
});
