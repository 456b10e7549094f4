/** Data in a real browser: what its charts say can be read whole, and says what is meant. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Analysis, analyzeCorpus } from "../../analysis/index.js";
import { CorpusBuilder } from "../../corpus/index.js";
import { hasChromium, poll } from "../browser.testkit.js";
import { type TestStudio, testStudio } from "../studio.testkit.js";

/** Playlists of up to 248 tracks: in bins of 7 the last one has a label, 245. */
function longPlaylists() {
  const builder = new CorpusBuilder();
  for (let p = 0; p < 30; p++) {
    const tracks = Array.from({ length: 16 + 8 * p }, (_, i) => `artist-song ${i}`);
    builder.add({ id: `p${p}`, tracks, artists: tracks.map(() => "artist"), title: `number ${p}` });
  }
  return builder.build();
}

describe.skipIf(!hasChromium)("Data in a browser", () => {
  let studio: TestStudio;
  beforeAll(async () => {
    studio = await testStudio({ corpus: longPlaylists() });
  });
  afterAll(() => studio?.close());

  it.each([1280, 390])("cuts off no label of a chart, %i wide", async (width) => {
    const { page } = await studio.open("#/data", { width });
    await page.waitForSelector("figure svg", { timeout: 30_000 });
    const cut = await page.evaluate(`[...document.querySelectorAll("figure svg")].flatMap((svg) => {
      const all = svg.getBoundingClientRect();
      return [...svg.querySelectorAll("text")].filter((text) => {
        const { left, right, top, bottom } = text.getBoundingClientRect();
        return left < all.left || right > all.right || top < all.top || bottom > all.bottom;
      }).map((text) => svg.getAttribute("aria-label") + text.textContent);
    })`);
    expect(cut).toEqual([]);
    const labels = await page.locator("figure svg text").allTextContents();
    expect(labels).toEqual(expect.arrayContaining(["artists", "songs", "playlists", "entries", "tracks"]));
    await page.close();
  });

  it("shows the figures of the analysis, with columns and bars as long as they say", async () => {
    const expected: Analysis = await analyzeCorpus(longPlaylists());
    const { page } = await studio.open("#/data");
    await page.waitForSelector("figure svg", { timeout: 30_000 });
    const count = (value: number) => value.toLocaleString("en");
    const facts = await page.locator("dl .card").allInnerTexts();
    expect(facts.map((fact) => fact.split(/\s*\n\s*/))).toEqual([
      ["playlists", count(expected.playlists)],
      ["entries", count(expected.plays)],
      ["songs", count(expected.songs)],
      ["artists", count(expected.artists!)],
      ["tracks in the longest", count(expected.lengths.longest)],
    ]);

    const songs = page.locator("figure", { hasText: "Songs by playlist entries" });
    const heights = () =>
      songs
        .locator("rect:not(.catch)")
        .evaluateAll((all) =>
          all.map(
            (rect) => ["height", "y"].map((name) => Number(rect.getAttribute(name))) as [number, number],
          ),
        );
    const bins = expected.songBins;
    const isTall = async (scaled: (count: number) => number) => {
      const drawn = await heights();
      const most = Math.max(...bins.map((bin) => scaled(bin.count)));
      const tallest = Math.max(...drawn.map(([height]) => height));
      const [bottom] = drawn.map(([height, top]) => height + top);
      expect(drawn).toHaveLength(bins.length);
      for (const [i, [height, top]] of drawn.entries()) {
        expect(height / tallest).toBeCloseTo(scaled(bins[i]!.count) / most, 6);
        expect(height + top).toBeCloseTo(bottom!, 6);
      }
    };
    await isTall((plays) => Math.log10(1 + plays));
    await songs.getByRole("button", { name: "log" }).click();
    await isTall((plays) => plays);

    const ranking = page.locator("section", { hasText: "Most played songs" }).locator("li");
    expect((await ranking.allInnerTexts()).map((row) => row.split(/\s*\n\s*/))).toEqual(
      expected.topSongs.map(({ name, plays }) => [name, count(plays)]),
    );
    const bars = await ranking
      .locator(".bar span")
      .evaluateAll((all) => all.map((bar) => Number.parseFloat(bar.style.width)));
    const [first] = expected.topSongs;
    expect(bars).toEqual(
      expected.topSongs.map(({ plays }) => expect.closeTo((100 * plays) / first!.plays, 3)),
    );
    await page.close();
  });

  it("labels the shares of unknown next tracks, in per cent", async () => {
    const { page } = await studio.open("#/data");
    const figure = page.locator("figure", { hasText: "Next tracks that a model cannot know" });
    await figure.locator("svg").waitFor({ timeout: 30_000 });
    expect(await figure.locator("figcaption").textContent()).toMatch(/Share of playlists whose last track/);
    const labels = await figure.locator("svg text").allTextContents();
    expect(labels).toEqual(expect.arrayContaining(["25 %", "50 %", "75 %", "100 %"]));
    await figure.locator("svg").focus();
    await page.keyboard.press("ArrowRight");
    await poll(() => figure.locator("[role=status]").textContent()).toMatch(
      /^min_count 1: [\d.]+ % unknown$/,
    );
    await figure.locator("summary").click();
    expect(await figure.locator("tbody tr").first().textContent()).toMatch(/^1[\d.]+ %$/);
    await page.close();
  });

  it("says why there are no shares if no playlist has a next track", async () => {
    const { page } = await studio.open("#/data", {
      before: (page) =>
        page.route("**/v1/studio/analysis", async (route) => {
          const response = await route.fetch();
          const state = await response.json();
          if (state.state === "ready") state.value.unknownNext = [];
          await route.fulfill({ response, json: state });
        }),
    });
    const card = page.locator(".card", { hasText: "Next tracks that a model cannot know" });
    await card.waitFor({ timeout: 30_000 });
    expect(await card.locator("p").textContent()).toBe(
      "No next track that a model could know: no playlist has two tracks; give it longer ones.",
    );
    expect(await card.locator("svg").count()).toBe(0);
    await page.close();
  });

  it.each([
    [[-160, -210], /^Not quite: a lognormal and a truncated power law are closer to it\./],
    [[160, -210], /^Not quite: a truncated power law is closer to it\./],
    [[160, 210], /^It is closer to one/],
    [[160, -0.04], /^It may be, but a truncated power law would fit as well/],
  ])("says whether it is a power law if the ratios are %s", async (ratios, answer) => {
    const { page } = await studio.open("#/data", {
      before: (page) =>
        page.route("**/v1/studio/analysis", async (route) => {
          const response = await route.fetch();
          const state = await response.json();
          if (state.state === "ready")
            state.value.powerLaw = {
              ...{ what: "Artists", alpha: 2, alphaError: 0.1, xmin: 1, distance: 0.1, tail: 20, total: 20 },
              comparisons: ["lognormal", "truncated_power_law"].map((alternative, i) => ({
                alternative,
                ratio: ratios[i],
                p: Math.abs(ratios[i]!) > 1 ? 0 : 0.9,
              })),
            };
          await route.fulfill({ response, json: state });
        }),
    });
    const card = page.locator(".card", { hasText: "Is it a power law?" });
    await card.waitFor({ timeout: 30_000 });
    expect(await card.locator("p").first().innerText()).toMatch(answer);
    expect(await card.locator("td").allInnerTexts()).not.toContain("-0");
    await page.close();
  });

  it("labels the gridlines with their counts", async () => {
    const { page } = await studio.open("#/data");
    const figure = page.locator("figure", { hasText: "How long playlists are" });
    await figure.locator("svg").waitFor({ timeout: 30_000 });
    const labels = await figure.locator("svg text[text-anchor=end]").allTextContents();
    expect(labels.length).toBeGreaterThan(0);
    // All playlists here have a length of their own, so that a few are in each bin: 1, 2, …
    expect(labels).toEqual(labels.map((_, i) => String(i + 1)));
    await page.close();
  });
});
