/** What Listen says of next tracks, in a real browser. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { generatedCorpus } from "../analysis/analysis.testkit.js";
import type { RunningServer } from "../serving/index.js";
import { buildPages, hasChromium, launchChromium, openPage } from "./browser.testkit.js";
import { startStudio } from "./index.js";

describe.skipIf(!hasChromium)("next tracks in Listen", () => {
  let browser: Browser;
  let server: RunningServer;
  let page: Page;

  beforeAll(async () => {
    buildPages();
    server = await startStudio({ corpus: generatedCorpus(300) });
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
  const popular = Array.from({ length: 12 }, () => "in many playlists");

  it("come because they are popular where nothing plays or nobody listens, else because of what plays", async () => {
    ({ page } = await openPage(browser, `${server.url}/#/listen`));
    await page.waitForSelector(".take");
    expect(await reasons()).toEqual(popular);
    await page.keyboard.press("5");
    await expect.poll(async () => (await reasons()).join()).toMatch(/best match for|same artist as/);
    const chosen = page.getByLabel("Recommender").locator("option:checked");
    const name = await page.getByLabel("Recommender").inputValue();
    expect(await chosen.textContent()).toMatch(new RegExp(`^[a-z ,]+ \\(${name}\\)$`));
    await page.getByLabel("Recommender").selectOption("popularity");
    await expect.poll(reasons).toEqual(popular);
  });

  it("have bars of different lengths where scores are below 0", async () => {
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
