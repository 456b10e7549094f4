/** The theme button, against what the system prefers: every picture follows it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generatedCorpus } from "../analysis/analysis.testkit.js";
import { hasChromium, poll } from "./browser.testkit.js";
import { shareOfPixels } from "./pixels.testkit.js";
import { type TestStudio, testStudio } from "./studio.testkit.js";

describe.skipIf(!hasChromium)("the theme button", () => {
  let studio: TestStudio;
  beforeAll(async () => {
    studio = await testStudio({ corpus: generatedCorpus(300), mapTracks: 400 });
  });
  afterAll(() => studio?.close());

  it.each([
    { system: "dark", button: "Light colours" },
    { system: "light", button: "Dark colours" },
  ] as const)("changes the picture of the power law if the system is $system", async ({ system, button }) => {
    const { page, problems } = await studio.open("#/data", { theme: system });
    await page.waitForSelector(".law", { timeout: 60_000 });
    const isDark = async () => (await shareOfPixels(page, ".law:not(.paper)", "r + g + b < 150")) > 0.5;
    await poll(isDark).toBe(system === "dark");
    await page.getByRole("button", { name: button }).click();
    await poll(isDark).toBe(system !== "dark");
    await page.reload();
    await page.waitForSelector(".law");
    await poll(isDark).toBe(system !== "dark");
    expect(problems).toEqual([]);
    await page.close();
  });

  it("changes the other tabs, too", async () => {
    const context = await studio.browser.newContext({ colorScheme: "dark" });
    const [page, other] = [await context.newPage(), await context.newPage()];
    for (const tab of [page, other]) await tab.goto(`${studio.url}/#/data`);
    const shown = () => other.evaluate("document.documentElement.dataset.theme");
    await poll(shown).toBe("dark");
    await page.getByRole("button", { name: "Light colours" }).click();
    await poll(shown).toBe("light");
    await context.close();
  });

  it("tells in high contrast what is pressed, chosen and long by more than the system's background", async () => {
    const { page } = await studio.open("#/data", {
      before: (page) => page.emulateMedia({ forcedColors: "active" }),
    });
    const look = (selector: string, what: string) =>
      page.evaluate(`getComputedStyle(document.querySelector("${selector}")).${what}`);
    await page.waitForSelector("li .bar", { timeout: 60_000 });
    const paper = await look("body", "backgroundColor");
    expect(await look("li .bar span", "backgroundColor")).not.toBe(paper);
    expect(await look("button[aria-pressed=true]", "backgroundColor")).not.toBe(paper);
    expect(await look("nav [aria-current]", "outlineStyle")).toBe("solid");
    await page.getByRole("link", { name: "Listen" }).click();
    await page.waitForSelector(".take .bar");
    expect(await look(".take .bar", "backgroundColor")).not.toBe(paper);
    await page.getByPlaceholder("Search songs").fill("artist");
    await page.waitForSelector("[aria-selected=true]");
    expect(await look("[aria-selected=true]", "outlineStyle")).toBe("solid");
    await page.getByRole("link", { name: "Map" }).click();
    await page.waitForSelector(".stage canvas", { timeout: 60_000 });
    expect(await look(".bar .dot", "backgroundColor")).not.toBe(paper);
    await page.close();
  });

  it("prints the light picture of the power law", async () => {
    const { page } = await studio.open("#/data", { theme: "dark" });
    await page.waitForSelector(".law", { timeout: 60_000 });
    // Only images that have arrived by then are printed.
    const shown = () =>
      page.evaluate(
        "[...document.querySelectorAll('.law')].filter((each) => each.checkVisibility() && each.complete).map((each) => each.currentSrc)",
      );
    await poll(shown).toEqual([expect.stringMatching(/power-law-dark\.svg$/)]);
    await page.waitForLoadState("networkidle");
    await page.emulateMedia({ media: "print" });
    expect(await shown()).toEqual([expect.stringMatching(/power-law-light\.svg$/)]);
    await page.close();
  });

  it("prints dark text on white", async () => {
    const { page } = await studio.open("#/listen", { theme: "dark" });
    await page.waitForSelector(".take");
    const ink = () => page.evaluate("getComputedStyle(document.body).color");
    const onScreen = await ink();
    await page.emulateMedia({ media: "print" });
    expect(await ink()).toBe("rgb(28, 28, 33)");
    expect(onScreen).toBe("rgb(237, 237, 242)");
    await page.close();
  });

  it("gives the map's points the colours of the current theme", async () => {
    const { page } = await studio.open("#/map", { theme: "dark" });
    await page.waitForSelector(".stage canvas", { timeout: 60_000 });
    // What is found is drawn in its full colour.
    await page.getByRole("searchbox", { name: "Search the map" }).fill("rock");
    const blue = () => shareOfPixels(page, ".stage", "r === 0x2a && g === 0x66 && b === 0xc8");
    const lightBlue = () => shareOfPixels(page, ".stage", "r === 0x78 && g === 0xac && b === 0xff");
    await poll(lightBlue).toBeGreaterThan(0.0005);
    expect(await blue()).toBe(0);
    await page.getByRole("button", { name: "Light colours" }).click();
    await poll(blue).toBeGreaterThan(0.0005);
    expect(await lightBlue()).toBe(0);
    await page.close();
  });
});
