/** The search of Listen in a real browser, where answers come later than keys. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { generatedCorpus } from "../../analysis/analysis.testkit.js";
import { CorpusBuilder } from "../../corpus/index.js";
import { hasChromium } from "../browser.testkit.js";
import { type TestStudio, testStudio } from "../studio.testkit.js";

describe.skipIf(!hasChromium)("searching in Listen", () => {
  let studio: TestStudio;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    studio = await testStudio({ corpus: generatedCorpus(300) });
  });
  afterEach(async () => {
    await page?.close();
  });
  afterAll(() => studio?.close());

  const later = 700;
  async function openSlow() {
    ({ page, problems } = await studio.open("#/listen"));
    await page.waitForSelector(".take");
    await page.route("**/v1/tracks?*", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, later));
      // A request that the page gave up has nowhere to go on.
      await route.continue().catch(() => {});
    });
    await page.keyboard.press("/");
  }
  const playlist = () => page.locator("[data-track] .clamped").allInnerTexts();
  const hits = () => page.locator("#hits.expanded li");

  it("adds the hit for the current text, not an earlier one, and stays closed", async () => {
    await openSlow();
    await page.keyboard.type("rap artist 1 song 1");
    await hits().first().waitFor();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("country artist 1 song 1");
    await page.keyboard.press("Enter");
    expect(await page.locator("[data-track]").count()).toBe(0);
    await expect.poll(playlist).toEqual([expect.stringMatching(/country artist 1$/)]);
    expect(await page.locator("#search").inputValue()).toBe("");
    await page.waitForTimeout(2 * later);
    expect(await hits().count()).toBe(0);
    expect(await playlist()).toHaveLength(1);
    expect(problems).toEqual([]);
  });

  it("shows no answer under an empty box", async () => {
    await openSlow();
    await page.keyboard.type("rap artist 1 song 1");
    await hits().first().waitFor();
    await page.keyboard.type("2");
    await hits().first().click();
    expect(await playlist()).toEqual([expect.stringMatching(/rap artist/)]);
    await page.waitForTimeout(2 * later);
    expect(await hits().count()).toBe(0);
    // The keys are still in the box.
    await page.keyboard.type("country");
    expect(await page.locator("#search").inputValue()).toBe("country");
  });

  it("adds nothing if Enter was followed by typing, Escape, or no hit", async () => {
    await openSlow();
    await page.keyboard.type("rap artist");
    await page.keyboard.press("Enter");
    await page.getByText("Looking for “rap artist”").waitFor();
    await page.keyboard.type(" 1");
    await hits().first().waitFor();
    await page.keyboard.type(" song");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.waitForTimeout(2 * later);
    expect(await hits().count()).toBe(0);
    await page.locator("#search").fill("xyzzyqwrt");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing matches “xyzzyqwrt”").waitFor();
    expect(await playlist()).toEqual([]);
  });

  it("asks for more letters if one finds nothing", async () => {
    await openSlow();
    await page.keyboard.type("x");
    await page.getByText("One letter is too short: keep typing.").waitFor();
    await page.keyboard.type("q");
    await page.getByText("Nothing matches “xq”. Try another spelling, or fewer letters.").waitFor();
  });

  it("says that it is looking if the first answer takes long", async () => {
    await openSlow();
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route("**/v1/tracks?*", async (route) => {
      await answered;
      await route.continue();
    });
    await page.locator("#search").fill("rap artist 1");
    const looking = page.getByText("Looking for “rap artist 1” …");
    await looking.waitFor();
    answer();
    await hits().first().waitFor();
    expect(await looking.count()).toBe(0);
  });

  it("says that the server is gone, and goes on by itself when it is back", async () => {
    await openSlow();
    await page.route("**/v1/tracks?*", (route) => route.abort());
    await page.keyboard.type("rap artist 1");
    const gone = page.locator(".search").getByText("segue studio");
    await gone.waitFor();
    await page.unrouteAll();
    await hits().first().waitFor();
    expect(await gone.count()).toBe(0);
    expect(await playlist()).toEqual([]);
    await page.keyboard.press("Enter");
    await expect.poll(playlist).toHaveLength(1);
  });
});

describe.skipIf(!hasChromium)("a song whose name is longer than the window", () => {
  it("leaves its artist visible among the hits", async () => {
    const builder = new CorpusBuilder();
    const tracks = ["One", "Two", "The longest of all ".repeat(20).trim()];
    const artists = tracks.map((_, i) => `Artist number ${i}`);
    for (let p = 0; p < 4; p++)
      builder.add({ id: `p${p}`, tracks: tracks.map((title, i) => `${artists[i]}-${title}`), artists });
    const studio = await testStudio({ corpus: builder.build() });
    const { page } = await studio.open("#/listen");
    await page.locator("#search").fill("longest");
    const artist = page.locator("#hits.expanded li .muted").first();
    await artist.waitFor();
    expect(await artist.innerText()).toBe("Artist number 2");
    const cut = await page.evaluate(
      "[...document.querySelectorAll('#hits .muted')].filter((it) => it.scrollWidth > it.clientWidth).length",
    );
    expect(cut).toBe(0);
    await studio.close();
  });
});
