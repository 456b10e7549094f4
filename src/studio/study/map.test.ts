/** The map as it is drawn: pixels, where the tooltip is, what a click takes. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generatedCorpus } from "../../analysis/analysis.testkit.js";
import { hasChromium, type PageOptions, poll } from "../browser.testkit.js";
import { shareOfPixels } from "../pixels.testkit.js";
import { type TestStudio, testStudio } from "../studio.testkit.js";

/** How much of the stage has a strong colour, as the points of a word have and dimmed or unknown ones have not. */
const coloured = (page: Page) => shareOfPixels(page, ".stage", "Math.max(r, g, b) - Math.min(r, g, b) > 80");

/** Four points, one in each corner of the map, with long names; the first two of rock, the others of rap. */
const corners = [
  { x: 0, y: 1, genre: "rock" },
  { x: 1, y: 1, genre: "rock" },
  { x: 0, y: 0, genre: "rap" },
  { x: 1, y: 0, genre: "rap" },
].map((point, i) => ({
  ...point,
  track: `The Artist-Song ${i} with a name that goes on and on and on, and some more`,
  artist: "The Artist",
  plays: 40,
}));

interface Spot {
  readonly x: number;
  readonly y: number;
}

describe.skipIf(!hasChromium)("the map", () => {
  let studio: TestStudio;
  beforeAll(async () => {
    studio = await testStudio({ corpus: generatedCorpus(300), mapTracks: 400 });
  });
  afterAll(() => studio?.close());

  async function open(options: PageOptions = {}) {
    const { page } = await studio.open("#/map", options);
    await page.waitForSelector(".stage canvas", { timeout: 60_000 });
    return page;
  }
  function showCorners(page: Page, points = corners) {
    const agreement = { neighbours: 10, tracks: 0, share: 0, chance: 0, lift: 0 };
    const value = { points, genres: ["rock", "rap"], agreement };
    return page.route("**/v1/studio/map", (route) => route.fulfill({ json: { state: "ready", value } }));
  }
  const openCorners = (options: PageOptions = {}) =>
    open({ ...options, before: (page) => showCorners(page) });
  /** Where the points of `corners` are on the stage: the map keeps its shape and fills 94 % of the shorter side. */
  async function cornersOn(page: Page) {
    const { x, y, width, height } = (await page.locator(".stage").boundingBox())!;
    const half = 0.47 * Math.min(width, height);
    const [midX, midY] = [x + width / 2, y + height / 2];
    return corners.map((point) => ({
      x: midX + (point.x - 0.5) * 2 * half,
      y: midY - (point.y - 0.5) * 2 * half,
    }));
  }
  const legend = (page: Page, word: string) => page.getByRole("button", { name: word, exact: true });

  it("hides the points of a word that is switched off, and shows them again", async () => {
    const page = await open();
    await poll(() => coloured(page)).toBeGreaterThan(0.002);
    const all = await coloured(page);
    await legend(page, "rock").click();
    await poll(() => coloured(page)).toBeLessThan(0.9 * all);
    for (const word of ["rap", "country"]) await legend(page, word).click();
    await poll(() => coloured(page)).toBe(0);
    await page.locator(".stage").press("ArrowLeft");
    // The ring round what has the focus is coloured as well.
    await page.evaluate("document.activeElement.blur()");
    await poll(() => coloured(page)).toBe(0);
    for (const word of ["rock", "rap", "country"]) await legend(page, word).click();
    await page.locator(".stage").press("0");
    await page.evaluate("document.activeElement.blur()");
    await poll(() => coloured(page)).toBeGreaterThan(0.95 * all);
    await page.close();
  });

  it("says how many neighbours share a genre word, or that no title has one", async () => {
    const said = async (page: Page) => {
      const text = await page.locator("aside p").first().textContent();
      await page.close();
      return text?.trim();
    };
    expect(await said(await open())).toMatch(
      /^\d+ tracks, each played \d+ times or more\. Of 10 nearest neighbours [\d.]+ % share the genre word, [\d.]+ % by chance \([\d.]+×\)\.$/,
    );
    expect(await said(await openCorners())).toMatch(
      /^4 tracks, each played 40 times or more\. None of their playlists has rock or rap in its title; if there are titles, choose other words with --genres\.$/,
    );
  });

  it("has a legend of the words that points have, and none if they have none", async () => {
    const words = async (page: Page) => {
      const found = await page.locator(".bar button.plain").allInnerTexts();
      await page.close();
      return found.map((word) => word.trim());
    };
    expect(await words(await open())).toEqual(["rock", "rap", "country", "unknown"]);
    expect(await words(await openCorners())).toEqual(["rock", "rap"]);
    const wordless = corners.map((point) => ({ ...point, genre: "unknown" }));
    expect(await words(await open({ before: (page) => showCorners(page, wordless) }))).toEqual([]);
  });

  it("highlights found points and dims the rest", async () => {
    const page = await open();
    await poll(() => coloured(page)).toBeGreaterThan(0.002);
    const all = await coloured(page);
    const search = page.getByRole("searchbox", { name: "Search the map" });
    await search.fill("country artist 1-");
    await poll(() => coloured(page)).toBeLessThan(0.6 * all);
    expect(await coloured(page)).toBeGreaterThan(0.0002);
    await search.fill("xyzzy");
    // Where many dimmed points lie on one another, there is still some colour.
    await poll(() => coloured(page)).toBeLessThan(0.2 * all);
    await search.fill("");
    await poll(() => coloured(page)).toBeGreaterThan(0.95 * all);
    await page.close();
  });

  it("says which of the found points is chosen, or that nothing is found", async () => {
    const page = await openCorners();
    const search = page.getByRole("searchbox", { name: "Search the map" });
    await search.fill("artist song");
    await page.locator("aside li button", { hasText: "Song 2" }).click();
    await page.getByRole("button", { name: /^Listen to Song 2 with/ }).waitFor();
    expect(await page.locator("aside [aria-current]").allTextContents()).toEqual([
      expect.stringContaining("Song 2"),
    ]);
    await search.fill("xyzzy");
    expect(await page.locator("aside [role=status]:not(.hidden)").textContent()).toMatch(
      /^Nothing on the map matches: try/,
    );
    await page.close();
  });

  it("highlights the points in a lasso, and a path", async () => {
    const page = await openCorners();
    const at = await cornersOn(page);
    await poll(() => coloured(page)).toBeGreaterThan(0.0002);
    const all = await coloured(page);
    await page.getByRole("button", { name: "Lasso" }).click();
    const [corner] = at;
    await page.mouse.move(corner!.x - 15, corner!.y - 12);
    await page.mouse.down();
    for (const [x, y] of [
      [40, -12],
      [40, 40],
      [-15, 40],
      [-15, -10],
    ])
      await page.mouse.move(corner!.x + x!, corner!.y + y!, { steps: 3 });
    await page.mouse.up();
    await page.getByRole("button", { name: /^Listen to Song 0 with/ }).waitFor();
    await page.mouse.move(5, 5);
    await poll(() => coloured(page)).toBeLessThan(0.5 * all);
    expect(await coloured(page)).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Path" }).click();
    await poll(() => coloured(page)).toBeGreaterThan(0.95 * all);
    await page.mouse.click(at[0]!.x, at[0]!.y);
    await page.mouse.click(at[1]!.x, at[1]!.y);
    await page.getByText("tracks on the way").waitFor();
    await page.mouse.move(5, 5);
    await poll(() => coloured(page)).toBeLessThan(0.6 * all);
    await page.close();
  });

  it("takes keys wherever the focus is, but not from inputs, the list and the browser", async () => {
    const page = await openCorners();
    const [corner] = await cornersOn(page);
    const keys = page.keyboard;
    const isThere = async () => {
      await page.mouse.move(2, 2);
      await page.mouse.move(corner!.x, corner!.y);
      return (await page.locator(".tip").count()) === 1;
    };
    /** Whether a key moves the map. The first corner then is elsewhere; 0 brings it back. */
    const moves = async (key: string) => {
      await poll(isThere).toBe(true);
      await keys.press(key);
      await page.evaluate("new Promise(requestAnimationFrame)");
      const moved = !(await isThere());
      await page.getByRole("button", { name: "All" }).click();
      return moved;
    };
    await page.evaluate("document.activeElement.blur()");
    for (const key of ["ArrowLeft", "+", "-"]) expect([key, await moves(key)]).toEqual([key, true]);
    // The button "All" has the focus.
    expect(await moves("-")).toBe(true);
    await page.evaluate("addEventListener('keydown', (event) => (window.kept = event.defaultPrevented))");
    for (const key of ["Control+0", "Control+-"]) {
      await keys.press(key);
      expect([key, await page.evaluate("window.kept")]).toEqual([key, false]);
    }
    const search = page.getByRole("searchbox", { name: "Search the map" });
    await search.fill("song");
    await search.focus();
    for (const key of ["ArrowLeft", "-", "0"]) await keys.press(key);
    expect(await search.inputValue()).toBe("son-0g");
    expect(await isThere()).toBe(true);
    await search.fill("song");
    await page.locator("aside li button").first().focus();
    await keys.press("ArrowDown");
    expect(await page.evaluate("window.kept")).toBe(false);
    await page.locator(".keys", { hasText: "pan" }).waitFor();
    await page.close();
  });

  it("chooses the track in the middle by key, says which, and marks the middle only for the keyboard", async () => {
    const page = await openCorners();
    const keys = page.keyboard;
    const said = () => page.locator("aside .hidden[role=status]").textContent();
    const mark = () => page.evaluate("getComputedStyle(document.querySelector('.stage'), '::after').content");
    expect(await mark()).toBe("none");
    const stage = page.locator(".stage");
    while (!(await stage.evaluate((each) => each.matches(":focus")))) await keys.press("Tab");
    expect(await mark()).toBe('"+"');
    for (const key of ["ArrowRight", "ArrowUp"]) await keys.press(key);
    await keys.press("Enter");
    await poll(said).toMatch(/^Song 1 with a name .* by The Artist$/);
    // It is in the middle now, from where the other corners are far away.
    await keys.press("Enter");
    expect(await said()).toMatch(/^Song 1 /);
    await keys.press("Escape");
    await poll(said).toBe("");
    await page.getByRole("button", { name: "All" }).click();
    await page.getByRole("button", { name: "Path" }).press("Enter");
    expect(await page.locator("aside").innerText()).toContain("Choose where the path starts.");
    await page.close();
  });

  it("draws again when the browser gives the graphics memory back", async () => {
    const page = await open();
    await poll(() => coloured(page)).toBeGreaterThan(0.002);
    const all = await coloured(page);
    await page.evaluate(
      "(window.lost = document.querySelector('canvas').getContext('webgl').getExtension('WEBGL_lose_context')).loseContext()",
    );
    await poll(() => coloured(page)).toBe(0);
    await page.evaluate("window.lost.restoreContext()");
    await poll(() => coloured(page)).toBeGreaterThan(0.95 * all);
    await page.close();
  });

  it("finds any of the names between commas", async () => {
    const page = await openCorners();
    const search = page.getByRole("searchbox", { name: "Search the map" });
    await search.fill("song 0, song 3");
    await poll(() => page.locator("aside li").count()).toBe(2);
    await search.fill("song 0 with, and");
    await poll(() => page.locator("aside li").count()).toBe(4);
    await page.close();
  });

  it.each([
    { width: 1280, height: 900 },
    { width: 390, height: 800 },
  ])("keeps the tooltip within the stage, $width wide", async (size) => {
    const page = await openCorners(size);
    const stage = (await page.locator(".stage").boundingBox())!;
    for (const { x, y } of await cornersOn(page)) {
      await page.mouse.move(x, y);
      const tip = (await page.locator(".tip").boundingBox())!;
      expect(tip.x).toBeGreaterThanOrEqual(stage.x);
      expect(tip.y).toBeGreaterThanOrEqual(stage.y);
      expect(tip.x + tip.width).toBeLessThanOrEqual(stage.x + stage.width);
      expect(tip.y + tip.height).toBeLessThanOrEqual(stage.y + stage.height);
      // The point itself stays in sight.
      expect(x > tip.x && x < tip.x + tip.width && y > tip.y && y < tip.y + tip.height).toBe(false);
    }
    await page.close();
  });

  it("zooms around two fingers", async () => {
    const context = await studio.browser.newContext({
      hasTouch: true,
      isMobile: true,
      viewport: { width: 390, height: 800 },
    });
    const page = await context.newPage();
    await showCorners(page);
    await page.goto(`${studio.url}/#/map`);
    await page.waitForSelector(".stage canvas");
    const touch = await context.newCDPSession(page);
    const send = (type: "touchStart" | "touchMove" | "touchEnd", ...touchPoints: Spot[]) =>
      touch.send("Input.dispatchTouchEvent", { type, touchPoints });
    const chosen = () => page.locator("aside li").allTextContents();
    const [first, , third, last] = await cornersOn(page);
    const between = (a: Spot, b: Spot, share: number) => ({
      x: a.x + share * (b.x - a.x),
      y: a.y + share * (b.y - a.y),
    });
    const still = { ...first!, id: 1 };
    const finger = (share: number) => ({ ...between(first!, last!, share), id: 2 });
    // One finger rests on the first point, the other draws the last one halfway to it.
    await send("touchStart", still, finger(1));
    for (const share of [0.9, 0.7, 0.5]) await send("touchMove", still, finger(share));
    await send("touchEnd");
    expect(await chosen()).toEqual([]);
    for (const [spot, name] of [
      [first!, "Song 0"],
      [between(first!, third!, 0.5), "Song 2"],
      [finger(0.5), "Song 3"],
    ] as const) {
      await page.touchscreen.tap(spot.x, spot.y);
      await poll(chosen).toEqual([expect.stringContaining(name)]);
    }
    await context.close();
  });

  it("scrolls a long list of tracks without making the page longer", async () => {
    const page = await open();
    const length = () => page.evaluate<number>("document.documentElement.scrollHeight");
    const before = await length();
    await page.getByRole("searchbox", { name: "Search the map" }).fill("song");
    await poll(() => page.locator("aside li").count()).toBe(60);
    expect(await length()).toBe(before);
    await page.close();
  });

  it("has no tooltip, selection or list entry for hidden points", async () => {
    const page = await openCorners();
    const [hidden, , shown] = await cornersOn(page);
    await page.mouse.move(hidden!.x, hidden!.y);
    await page.locator(".tip").waitFor();
    await legend(page, "rock").click();
    await page.mouse.move(hidden!.x + 1, hidden!.y);
    await page.mouse.click(hidden!.x, hidden!.y);
    expect(await page.locator(".tip, aside li").count()).toBe(0);
    await page.getByRole("searchbox", { name: "Search the map" }).fill("song");
    await poll(() => page.locator("aside li").count()).toBe(2);
    // The list has room for the names.
    const over =
      "[...document.querySelectorAll('aside .clamped')].map((each) => each.scrollWidth - each.clientWidth)";
    expect(await page.evaluate(over)).toEqual([0, 0]);
    await page.getByRole("searchbox", { name: "Search the map" }).fill("");
    await page.mouse.click(shown!.x, shown!.y);
    await poll(() => page.locator("aside li").allTextContents()).toEqual([expect.stringContaining("Song 2")]);
    await legend(page, "rap").click();
    await poll(() => page.locator("aside li").count()).toBe(0);
    await page.close();
  });
});
