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
