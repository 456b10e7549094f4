/** Pages whose server does not answer: they say what to do, and go on by themselves when it is there again. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generatedCorpus } from "../analysis/analysis.testkit.js";
import { hasChromium } from "./browser.testkit.js";
import { type TestStudio, testStudio } from "./studio.testkit.js";

describe.skipIf(!hasChromium)("a studio whose server is unreachable", () => {
  let studio: TestStudio;
  beforeAll(async () => {
    studio = await testStudio({ corpus: generatedCorpus(100), mapTracks: 100 });
  });
  afterAll(() => studio?.close());

  it.each([
    ["listen", ".take"],
    ["map", ".stage canvas"],
    ["data", "figure svg"],
    ["runs", "text=There are no runs yet."],
  ])("says so in %s, and continues when it is back", async (view, ready) => {
    const { page } = await studio.open(`#/${view}`, {
      before: (page) => page.route("**/v1/**", (route) => route.abort()),
    });
    const note = page.locator(".note.error");
    await note.waitFor();
    expect(await note.innerText()).toMatch(/server does not answer\.\s+Start it again/);
    await page.unrouteAll();
    await page.locator(ready).first().waitFor({ timeout: 30_000 });
    expect(await note.count()).toBe(0);
    await page.close();
  });

  it("brings the playlist back after a reload as soon as it can", async () => {
    const { page } = await studio.open("#/listen");
    await page.locator(".take").first().click();
    await page.locator("[data-track]").waitFor();
    await page.route("**/v1/studio/match", (route) => route.abort());
    await page.reload();
    await page.locator(".note.error").waitFor();
    await page.unrouteAll();
    await page.locator("[data-track]").waitFor();
    expect(await page.locator(".note.error").count()).toBe(0);
    await page.close();
  });

  it("marks suggestions in Listen as outdated until a slow server has answered", async () => {
    const { page } = await studio.open("#/listen");
    await page.locator(".take").first().waitFor();
    const list = page.locator("ol[aria-busy]");
    expect(await list.getAttribute("aria-busy")).toBe("false");
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/v1/studio/next", async (route) => {
      await held;
      await route.continue();
    });
    await page.keyboard.press("1");
    await page.locator("ol[aria-busy=true]").waitFor();
    expect(await page.locator("section [role=status].hidden").textContent()).toBe("");
    answer();
    await page.locator("ol[aria-busy=false]").waitFor();
    const first = await page.locator(".take bdi").first().innerText();
    expect(await page.locator("section [role=status].hidden").textContent()).toContain(`Next: ${first} by `);
    await page.close();
  });

  it("extends a playlist once if asked again before the answer, and says that it is busy", async () => {
    const { page } = await studio.open("#/listen");
    await page.locator(".take").first().waitFor();
    let asked = 0;
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/v1/studio/extend", async (route) => {
      asked++;
      await held;
      await route.continue();
    });
    await page.keyboard.press("e");
    await page.locator("button[aria-busy=true]").waitFor();
    await page.keyboard.press("e");
    answer();
    await page.locator("button[aria-busy=false]").waitFor();
    expect(asked).toBe(1);
    await page.close();
  });

  it("takes back that extending failed once the server answers, and leaves room around a note", async () => {
    const { page } = await studio.open("#/listen");
    await page.locator(".take").first().waitFor();
    await page.route("**/v1/**", (route) => route.abort());
    // Only a server that does not answer this either is away.
    const isAway = page.waitForEvent("requestfailed", (request) =>
      request.url().endsWith("/v1/studio/model"),
    );
    await page.keyboard.press("e");
    await isAway;
    const note = page.locator("main > .note.error");
    const { y, height } = (await note.boundingBox())!;
    const below = (await page.getByPlaceholder("Search songs").boundingBox())!;
    expect(below.y - y - height).toBeGreaterThan(4);
    await page.unrouteAll();
    await note.waitFor({ state: "detached" });
    await page.close();
  });

  it.each([
    [390, "#/listen", ".take"],
    [768, "#/listen", ".take"],
    [390, "#/data", ".law"],
  ])("moves nothing when a slow server answers, %i pixels wide in %s", async (width, hash, ready) => {
    const { page } = await studio.open(hash, {
      width,
      before: async (page) => {
        await page.addInitScript(`
          globalThis.moved = 0;
          new PerformanceObserver((list) => {
            for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) moved += value;
          }).observe({ type: "layout-shift", buffered: true });
        `);
        await page.route(/v1/, async (route) => {
          await new Promise((resolve) => setTimeout(resolve, 300));
          await route.continue();
        });
      },
    });
    await page.locator(ready).first().waitFor({ timeout: 30_000 });
    await page.waitForLoadState("networkidle");
    expect(await page.evaluate("moved")).toBeLessThan(0.03);
    await page.close();
  });

  it("keeps the suggestions in Listen, and requests new ones again", async () => {
    const { page } = await studio.open("#/listen");
    await page.locator(".take").first().waitFor();
    await page.route("**/v1/studio/next", (route) => route.abort());
    await page.keyboard.press("1");
    await page.locator(".note.error").waitFor();
    expect(await page.locator(".take").count()).toBeGreaterThan(0);
    await page.unrouteAll();
    await page.locator(".note.error").waitFor({ state: "detached" });
    await page.close();
  });
});
