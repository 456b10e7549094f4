/**
 * The studio in a real browser, on generated playlists and a real run. SEGUE_SCREENSHOTS=docs/images writes a picture of each view.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generatedCorpus } from "../analysis/analysis.testkit.js";
import { loadFlow, openClient, openStore, runFlow } from "../workflow/index.js";
import { axeViolations, hasChromium, openPage, type PageOptions, poll } from "./browser.testkit.js";
import { type TestStudio, testStudio } from "./studio.testkit.js";

const pictures = process.env.SEGUE_SCREENSHOTS;

describe.skipIf(!hasChromium)("the studio", () => {
  let studio: TestStudio;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "segue-studio-test-"));
    const store = await openStore(folder);
    const fixture = new URL("../workflow/fixtures/flows.mjs", import.meta.url);
    const flow = await loadFlow(fixture.href, "fan-out");
    await runFlow(flow, { folder, count: 3 }, { store });
    // Run ids count seconds: the next one must begin in another to be the newest.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await runFlow(flow, { folder, count: 5 }, { store });
    studio = await testStudio({ corpus: generatedCorpus(300), client: openClient(store), mapTracks: 400 });
  });
  afterAll(async () => {
    await studio?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it("has no page for missing runs and tasks", async () => {
    const { runs } = (await (await fetch(`${studio.url}/v1/studio/runs`)).json()) as {
      runs: Array<{ flow: string; run: string }>;
    };
    const { flow, run } = runs[0]!;
    const status = async (path: string) => (await fetch(`${studio.url}/v1/studio/runs/${path}`)).status;
    expect(await status(`${flow}/${run}/tasks/start/0`)).toBe(200);
    for (const path of [
      `${flow}/${run}/tasks/start/99`,
      `${flow}/${run}/tasks/start/99/card`,
      `${flow}/none`,
    ])
      expect(await status(path)).toBe(404);
    expect(await status(`%2e%2e%2e/%2e%2e%2e`)).toBe(400);
  });

  const open = (hash: string, options?: PageOptions) => studio.open(hash, options);
  const shoot = async (page: Page, name: string) => {
    if (pictures) await page.screenshot({ path: join(pictures, `studio-${name}.png`) });
  };
  const playlist = (page: Page) => page.locator("[data-track]");
  const views = [
    { hash: "#/listen", ready: ".take" },
    { hash: "#/map", ready: ".stage canvas" },
    { hash: "#/runs", ready: ".picture svg" },
    { hash: "#/data", ready: "figure svg" },
  ];

  it("shows the first view in under a second more than any page takes to open", async () => {
    const opening = async (address: string, ready: string) => {
      const began = performance.now();
      const { page } = await openPage(studio.browser, address);
      await page.waitForSelector(ready);
      const milliseconds = performance.now() - began;
      const painted = await page.evaluate(
        () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
      );
      await page.close();
      return { milliseconds, painted };
    };
    // In turns, so that what else the machine does is much the same for both; the best of each is the least disturbed.
    const views: number[] = [];
    const others: number[] = [];
    const paints: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      others.push((await opening("data:text/html,<p>nothing</p>", "p")).milliseconds);
      const { milliseconds, painted } = await opening(studio.url, ".take");
      expect(painted).toBeGreaterThan(0);
      views.push(milliseconds);
      paints.push(painted);
    }
    const [view, other, paint] = [Math.min(...views), Math.min(...others), Math.min(...paints)];
    console.log(
      `first view with its answer: ${view.toFixed(0)} ms, painted after ${paint.toFixed(0)} ms; an empty page: ${other.toFixed(0)} ms`,
    );
    expect(view).toBeLessThan(1000 + other);
    expect(paint).toBeLessThan(1000);
  }, 120_000);

  it("goes through a whole listening session by keyboard alone", async () => {
    const { page, problems } = await open("#/listen");
    await page.waitForSelector(".take");
    const keys = page.keyboard;
    await keys.press("/");
    await keys.type("rock artst 1 song");
    await page.waitForSelector("#hits.expanded li");
    await keys.press("ArrowDown");
    const suggested = () => page.locator(".take").first().textContent();
    const popular = await suggested();
    await keys.press("Enter");
    await poll(() => playlist(page).count()).toBe(1);
    expect(await playlist(page).first().textContent()).toContain("rock artist");
    await keys.press("Escape");
    await poll(suggested).not.toBe(popular);
    const first = await suggested();
    await keys.press("1");
    await poll(() => playlist(page).count()).toBe(2);
    expect(first).toContain(await playlist(page).nth(1).locator(".clamped bdi").first().textContent());
    await poll(suggested).not.toBe(first);
    expect(await suggested()).toMatch(/best match for|same artist as|as a whole/);
    const answer = page.waitForResponse("**/v1/studio/next");
    await keys.press("e");
    await poll(() => playlist(page).count()).toBe(7);
    const disliked = (await (await answer).json()).tracks[0].id;
    await poll(() => page.locator(".take").first().getAttribute("data-id")).toBe(disliked);
    await keys.press("Shift+Digit1");
    await poll(() => page.locator(".take").first().getAttribute("data-id")).not.toBe(disliked);
    await keys.press("u");
    await poll(() => page.locator(".take").first().getAttribute("data-id")).toBe(disliked);
    await keys.press("u");
    await poll(() => playlist(page).count()).toBe(2);
    const named = (place: number) => playlist(page).nth(place).locator(".clamped").textContent();
    const second = await named(1);
    await playlist(page).first().focus();
    await keys.press("Shift+ArrowDown");
    await poll(() => named(0)).toBe(second);
    // The keys stay with the track that moved.
    await page.locator('[data-track="1"]:focus').waitFor();
    await keys.press("Delete");
    await poll(() => playlist(page).count()).toBe(1);
    await keys.press("Alt+3");
    await page.waitForSelector(".picture svg");
    await page.locator("main:focus").waitFor();
    await keys.press("Alt+1");
    await poll(() => playlist(page).count()).toBe(1);
    expect(problems).toEqual([]);
    await page.close();
  });

  it("shows the effect of a key within 100 ms", async () => {
    const { page } = await open("#/listen");
    await page.waitForSelector(".take");
    // Text, since it runs in the page: the tests' own types know no DOM.
    const times = (await page.evaluate(`(async () => {
      const measured = [];
      for (let i = 0; i < 8; i++) {
        const label = () => document.querySelector(".take")?.getAttribute("data-id");
        const before = label();
        const began = performance.now();
        window.dispatchEvent(new KeyboardEvent("keydown", { key: "1", code: "Digit1" }));
        while (label() === before && performance.now() - began < 5000) await new Promise(requestAnimationFrame);
        measured.push(performance.now() - began);
      }
      return measured.sort((a, b) => a - b);
    })()`)) as number[];
    console.log(
      `next-track answer, key to screen: median ${times[4]!.toFixed(0)} ms, least ${times[0]!.toFixed(0)} ms`,
    );
    // The least disturbed by what else the machine does.
    expect(times[0]).toBeLessThan(100);
    await page.close();
  });

  it("imports, exports, shares by link, and compares two recommenders", async () => {
    const { page } = await open("#/listen");
    await page.waitForSelector(".take");
    await page.fill(
      "#pasted",
      "artist,track\nrap artist 1,song 1\nrap artist 1,song 2\nNobody at all,xyzzy qwrt",
    );
    await page.getByRole("button", { name: "Find these" }).click();
    await poll(() => playlist(page).count()).toBe(2);
    expect(await page.locator(".note").allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringContaining("xyzzy")]),
    );
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "M3U" }).click();
    const saved = await (await saving).path();
    expect(readFileSync(saved, "utf8")).toMatch(/^#EXTM3U\n#EXTINF:-1,rap artist 1 - song 1\n/);
    await page.getByRole("button", { name: "Link" }).click();
    const link = page.url();
    expect(link).toContain("t=rap");
    const other = await studio.browser.newPage();
    await other.goto(link);
    await poll(() => playlist(other).count()).toBe(2);
    await other.close();
    await page.getByLabel("beside").selectOption("popularity");
    await page.waitForSelector('[aria-label="Next by what is popular"] .take');
    // Dragging the second track onto the first one swaps them.
    const [one, two] = [
      page.locator("ol[aria-label^=Tracks] li").nth(0),
      page.locator("ol[aria-label^=Tracks] li").nth(1),
    ];
    await two.dragTo(one);
    await poll(() => playlist(page).first().textContent()).toContain("song 2");
    await shoot(page, "listen");
    await page.close();
  });

  it("draws the map: hover, search, lasso into a playlist, a path", async () => {
    const { page, problems } = await open("#/map", { theme: "dark" });
    await page.waitForSelector(".stage canvas", { timeout: 60_000 });
    const stage = page.locator(".stage");
    await page.waitForTimeout(300);
    await shoot(page, "map");
    const box = (await stage.boundingBox())!;
    await page.getByRole("button", { name: "Lasso" }).click();
    await page.mouse.move(box.x + 5, box.y + 5);
    await page.mouse.down();
    for (const [x, y] of [
      [box.width - 5, 5],
      [box.width - 5, box.height - 5],
      [5, box.height - 5],
      [5, 10],
    ])
      await page.mouse.move(box.x + x!, box.y + y!, { steps: 4 });
    await page.mouse.up();
    await page.getByRole("button", { name: /^Listen to these/ }).waitFor();
    expect(await page.locator("aside li").count()).toBeGreaterThan(20);
    await page.getByRole("button", { name: "Lasso" }).click();
    await page.getByRole("searchbox", { name: "Search the map" }).fill("country artist 1-");
    await poll(() => page.locator("aside [role=status]:not(.hidden)").textContent()).toMatch(
      /^[1-9]\d* found/,
    );
    await page.getByRole("button", { name: "Path" }).click();
    await page.locator("aside li button").first().click();
    await page.getByRole("searchbox", { name: "Search the map" }).fill("rap artist 1-");
    await page.locator("aside li button").nth(1).click();
    await page.getByRole("searchbox", { name: "Search the map" }).fill("");
    await poll(() => page.locator("aside [role=status]").first().textContent()).toMatch(/tracks on the way/);
    await page.getByRole("button", { name: /^Listen to/ }).click();
    await page.waitForSelector("[data-track]");
    expect(await playlist(page).count()).toBeGreaterThan(1);
    expect(problems).toEqual([]);
    await page.close();
  });

  it("pans 100,000 points", async () => {
    const page = await studio.browser.newPage({ viewport: { width: 1000, height: 700 } });
    let seed = 1;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const points = Array.from({ length: 100_000 }, (_, i) => ({
      track: `a-${i}`,
      artist: "a",
      x: random(),
      y: random(),
      plays: 1 + (i % 50),
      genre: "unknown",
    }));
    const value = {
      points,
      genres: ["rock"],
      agreement: { neighbours: 10, tracks: 0, share: 0, chance: 0, lift: 0 },
    };
    await page.route("**/v1/studio/map", (route) => route.fulfill({ json: { state: "ready", value } }));
    await page.goto(`${studio.url}/#/map`);
    await page.waitForSelector(".stage canvas");
    await page.locator(".stage").focus();
    const frames = (await page.evaluate(`(async () => {
      const stage = document.querySelector(".stage");
      const began = performance.now();
      let count = 0;
      while (performance.now() - began < 2000) {
        stage.dispatchEvent(new KeyboardEvent("keydown", { key: count % 2 ? "ArrowLeft" : "ArrowRight", bubbles: true }));
        await new Promise(requestAnimationFrame);
        count++;
      }
      return (1000 * count) / (performance.now() - began);
    })()`)) as number;
    console.log(`panning 100,000 points, drawn by software: ${frames.toFixed(0)} frames a second`);
    expect(frames).toBeGreaterThan(1);
    await page.close();
  });

  it("shows runs: the pipeline, tasks with logs and artifacts, the grid, two runs side by side", async () => {
    const { page, problems } = await open("#/runs");
    await page.waitForSelector(".picture svg");
    await page.getByRole("button", { name: /^work\/0/ }).click();
    await poll(() => page.locator("section[aria-label='Task work/0'] pre").textContent()).toContain(
      "working on 0",
    );
    await page.waitForSelector("text=The grid: 5 tasks of work");
    await page.getByRole("button", { name: /^square/ }).click();
    const cells = await page
      .locator("[aria-label='The grid as a table'] tbody tr:first-child td")
      .allInnerTexts();
    expect(cells).toContain("16");
    await page.getByLabel("Compare with").selectOption({ index: 1 });
    await poll(() => page.locator("tr.differs th").allInnerTexts()).toContain("count");
    await page.getByLabel("Compare with").selectOption("");
    await page.getByRole("button", { name: /^work\/0/ }).click();
    await page.evaluate("scrollTo(0, 0)");
    await shoot(page, "runs");
    expect(problems).toEqual([]);
    await page.close();
  });

  it("shows the data, read with the arrow keys", async () => {
    const { page, problems } = await open("#/data");
    await page.waitForSelector("figure svg", { timeout: 30_000 });
    await page.locator("figure svg").first().focus();
    await page.keyboard.press("ArrowRight");
    await poll(() => page.locator("figure [role=status]").first().textContent()).toMatch(
      /^1 entry: [\d,]+ artists$/,
    );
    await shoot(page, "data");
    expect(problems).toEqual([]);
    await page.close();
  });

  it.each(views)(
    "has no accessibility problem that axe finds in $hash, light, dark and narrow",
    async ({ hash, ready }) => {
      for (const [theme, width] of [
        ["light", 1180],
        ["dark", 1180],
        ["light", 380],
      ] as const) {
        const { page } = await open(hash, { theme, width });
        await page.waitForSelector(ready, { timeout: 60_000 });
        const violations = await axeViolations(page);
        const overflow = await page.evaluate(
          "Math.max(0, document.documentElement.scrollWidth - innerWidth)",
        );
        expect({ theme, width, violations, overflow }).toEqual({ theme, width, violations: [], overflow: 0 });
        await page.close();
      }
    },
    90_000,
  );

  it("says what to do if there is nothing, and if the server is gone", async () => {
    const page = await studio.browser.newPage();
    await page.route("**/v1/studio/runs", (route) => route.fulfill({ json: { runs: [] } }));
    await page.goto(`${studio.url}/#/runs`);
    await poll(() => page.locator(".note").textContent()).toContain("segue run");
    await page.route("**/v1/studio/**", (route) => route.abort());
    await page.goto(`${studio.url}/#/listen`);
    await poll(() => page.locator(".note[role=alert]").first().textContent()).toContain("segue studio");
    await page.close();
  });
});
