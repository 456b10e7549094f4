/** Listen by keys alone, in a real browser: where the focus is once what had it is gone. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generatedCorpus } from "../../analysis/analysis.testkit.js";
import { hasChromium, poll } from "../browser.testkit.js";
import { type TestStudio, testStudio } from "../studio.testkit.js";

describe.skipIf(!hasChromium)("the keyboard focus in Listen", () => {
  let studio: TestStudio;
  beforeAll(async () => {
    studio = await testStudio({ corpus: generatedCorpus(60) });
  });
  afterAll(() => studio?.close());

  /** The place in its list of what has the focus, and what it is. */
  const focused = (page: Page) =>
    page.evaluate(`(() => {
      const item = document.activeElement.closest("li");
      return [item && [...item.parentElement.children].indexOf(item), document.activeElement.className.split(" ")[1]];
    })()`);

  it("stays in place when its track is added, disliked, suggested again or removed", async () => {
    const { page, problems } = await studio.open("#/listen");
    const suggested = () => page.locator(".take").nth(2).getAttribute("data-id");
    const tracks = page.locator("[data-track]");
    await page.waitForSelector(".take");
    const said = page.locator("section [role=status].hidden");
    expect(await said.textContent()).toBe("");
    for (const button of ["take", "dislike"]) {
      const before = await suggested();
      await page.locator(`.${button}`).nth(2).focus();
      await page.keyboard.press("Enter");
      await poll(suggested).not.toBe(before);
      await poll(() => focused(page)).toEqual([2, button]);
    }
    const first = await page.locator(".take bdi").first().innerText();
    await poll(() => said.textContent()).toMatch(/^1 track, the last .+\. Next: .+\.$/);
    expect(await said.textContent()).toContain(`Next: ${first} by `);
    await page.getByRole("button", { name: "Suggest it again" }).focus();
    await page.keyboard.press("Enter");
    await poll(() => focused(page)).toEqual([0, "take"]);
    await page.keyboard.press("Enter");
    await poll(() => tracks.count()).toBe(2);
    await page.locator(".remove").first().focus();
    await page.keyboard.press("Enter");
    await poll(() => focused(page)).toEqual([0, "remove"]);
    await page.keyboard.press("Enter");
    await poll(() => page.evaluate("document.activeElement.id")).toBe("search");
    expect(await tracks.count()).toBe(0);
    expect(problems).toEqual([]);
    await page.close();
  });
});
