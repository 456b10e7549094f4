/** Playlists that leave Listen and come back, as a file and as a link, in a real browser. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CorpusBuilder } from "../../corpus/index.js";
import { hasChromium } from "../browser.testkit.js";
import { type TestStudio, testStudio } from "../studio.testkit.js";

const named: ReadonlyArray<readonly [artist: string, title: string]> = [
  ["Björk", "Jóga"],
  ["A, B", '"Quoted", 100%'],
  ["Jay-Z", "99 Problems - Live"],
  ["Simon - Garfunkel", "Songs - One"],
  ["宇多田ヒカル", "光"],
  ["#1 Dads", "So Soldier?"],
  ["Twin", "Song"],
  ["Song", "Twin"],
];
const id = ([artist, title]: readonly [string, string]) => `${artist}-${title}`;
const linkTo = (...ids: string[]) =>
  `#/listen?${ids.map((each) => `t=${encodeURIComponent(each)}`).join("&")}`;

function corpus() {
  const builder = new CorpusBuilder();
  for (let p = 0; p < 30; p++) {
    const songs = [...named.slice(p % named.length), ...named.slice(0, p % named.length)].slice(0, 6);
    builder.add({ id: `p${p}`, tracks: songs.map(id), artists: songs.map(([artist]) => artist) });
  }
  return builder.build();
}

describe.skipIf(!hasChromium)("lists and links in Listen", () => {
  let studio: TestStudio;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    studio = await testStudio({ corpus: corpus() });
  });
  afterEach(async () => {
    await page?.close();
  });
  afterAll(() => studio?.close());

  async function open(hash: string) {
    ({ page, problems } = await studio.open(hash));
    await page.waitForSelector("[data-ready=true]");
  }
  const goTo = (hash: string) => page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  /** Another view and back by the browser, where "beside" stands on transitions. */
  const lookAtMap = async () => {
    await page.keyboard.press("Alt+2");
    await page.locator("nav a[aria-current]", { hasText: "Map" }).waitFor();
    await page.goBack();
    await page.waitForSelector("[aria-label='Next by what often follows'] .take");
    await page.waitForLoadState("networkidle");
  };
  const playlist = async () => {
    const shown = page.locator("[data-track] .clamped");
    return Promise.all(
      (await shown.all()).map(async (each) =>
        (await each.locator("bdi").allInnerTexts()).reverse().join("-"),
      ),
    );
  };
  const ids = named.map(id);

  it.each(["text", "CSV", "JSON", "M3U"])("imports what it saved as %s, exactly", async (name) => {
    await open(linkTo(...ids));
    await expect.poll(playlist).toEqual(ids);
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name, exact: true }).click();
    const download = await saving;
    const buffer = readFileSync(await download.path());
    await page.close();
    await open("#/listen");
    await page
      .getByLabel("Choose a file")
      .setInputFiles({ name: download.suggestedFilename(), mimeType: "", buffer });
    await expect.poll(playlist).toEqual(ids);
    expect(await page.getByText("Found 8 of 8.").count()).toBe(1);
    expect(problems).toEqual([]);
  });

  it("leaves room for titles in two lists side by side, on a tablet too", async () => {
    await open("#/listen");
    await page.getByLabel("beside").selectOption("transitions");
    await page.waitForSelector("[aria-label='Next by what often follows'] .take");
    for (const width of [761, 820, 961, 1180]) {
      await page.setViewportSize({ width, height: 760 });
      const [left, right] = await Promise.all(
        [0, 1].map((i) => page.locator("[data-ready]").nth(i).boundingBox()),
      );
      const title = await page.locator(".what").first().boundingBox();
      expect({ width, beside: left!.y === right!.y, room: title!.width > 120 }).toEqual({
        width,
        beside: true,
        room: true,
      });
    }
  });

  it("says which lines of a list name their track only loosely, and takes no other song by the artist", async () => {
    await open("#/listen");
    await page
      .getByLabel("Import a list")
      .fill("Bjork - Joga\nSimon, Songs - Two\nQuasar - Xyzzy\nSimon - Garfunkel - Cecilia");
    await page.getByRole("button", { name: "Find these" }).click();
    await page.getByText("Found 2 of 4.").waitFor();
    await page.getByText("Not found: Quasar - Xyzzy; Simon - Garfunkel - Cecilia").waitFor();
    await page
      .getByText("Perhaps another is meant: “Simon, Songs - Two” as Songs - One by Simon - Garfunkel")
      .waitFor();
    expect(problems).toEqual([]);
  });

  it.each([390, 1100, 1280])("shows the full name of a recommender, %i wide", async (width) => {
    ({ page, problems } = await studio.open("#/listen", { width }));
    await page.waitForSelector("[data-ready=true]");
    const list = page.getByLabel("Recommender");
    expect(await list.locator("option:checked").innerText()).toBe("similar playlists, order counts (vstan)");
    const { width: has } = (await list.boundingBox())!;
    await list.evaluate((select) => {
      for (const option of [...select.children]) if (!option.matches(":checked")) option.remove();
      select.setAttribute("style", "width: auto");
    });
    const { width: needs } = (await list.boundingBox())!;
    expect(has).toBeGreaterThanOrEqual(needs);
    expect(problems).toEqual([]);
  });

  it("says where nothing can be suggested what to do", async () => {
    await open(linkTo(...ids));
    await page.getByText("what goes with them is in the playlist already").waitFor();
    await page.route("**/v1/studio/next", (route) => route.fulfill({ json: { tracks: [] } }));
    await page.keyboard.press("u");
    await page.getByText("This recommender needs a song to start from").waitFor();
    expect(problems).toEqual([]);
  });

  it("imports a file dropped on the page, and does not move the tracks under it", async () => {
    await open(linkTo(ids[0]!, ids[1]!, ids[2]!));
    await expect.poll(playlist).toHaveLength(3);
    const drop = (selector: string) =>
      page.evaluate(`(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["宇多田ヒカル - 光"], "mine.txt"));
        return ["dragover", "drop"].map((type) => {
          const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
          document.querySelector("${selector}").dispatchEvent(event);
          return event.defaultPrevented;
        });
      })()`);
    // What is not prevented, the browser opens in place of the page.
    expect(await drop("[data-track='0']")).toEqual([true, true]);
    await expect.poll(playlist).toEqual([ids[0], ids[1], ids[2], ids[4]]);
    await page.getByRole("button", { name: "Undo" }).click();
    expect(await drop("h2")).toEqual([true, true]);
    await expect.poll(playlist).toEqual([ids[0], ids[1], ids[2], ids[4]]);
    expect(problems).toEqual([]);
  });

  it("opens a pasted link, even the same one again", async () => {
    await open("#/listen");
    await goTo(linkTo(ids[0]!, ids[1]!));
    await expect.poll(playlist).toEqual([ids[0], ids[1]]);
    await goTo(linkTo(ids[2]!));
    await expect.poll(playlist).toEqual([ids[2]]);
    await page.goBack();
    await expect.poll(playlist).toEqual([ids[0], ids[1]]);
    await page
      .getByRole("button", { name: /^Remove / })
      .first()
      .click();
    await goTo("#/map");
    await page.locator("nav a[aria-current]", { hasText: "Map" }).waitFor();
    await goTo(linkTo(ids[0]!, ids[1]!));
    await expect.poll(playlist).toEqual([ids[0], ids[1]]);
    expect(problems).toEqual([]);
  });

  it("keeps added tracks and the chosen recommender when coming back from another view", async () => {
    await open(linkTo(ids[0]!, ids[1]!, ids[2]!));
    await expect.poll(playlist).toHaveLength(3);
    await page.locator("[data-ready=true] .take").first().click();
    await expect.poll(playlist).toHaveLength(4);
    await page.getByLabel("Recommender").selectOption("popularity");
    await page.getByLabel("beside").selectOption("transitions");
    await page.getByLabel("Extend by").fill("2");
    await lookAtMap();
    expect(await playlist()).toHaveLength(4);
    expect(await page.getByLabel("Recommender").inputValue()).toBe("popularity");
    expect(await page.getByLabel("Extend by").inputValue()).toBe("2");
    // A link made here needs no opening either.
    await page.getByRole("button", { name: "Link" }).click();
    await page
      .getByRole("button", { name: /^Remove / })
      .first()
      .click();
    await lookAtMap();
    expect(await playlist()).toHaveLength(3);
    // The page that is loaded again is the same one: what was taken away from the link stays away, also from another view.
    const made = await playlist();
    await page.reload();
    await expect.poll(playlist).toEqual(made);
    await goTo("#/map");
    await page.locator("nav a[aria-current]", { hasText: "Map" }).waitFor();
    await page.reload();
    await page.goBack();
    await expect.poll(playlist).toEqual(made);
    // The same link in another tab is a new one.
    const link = page.url();
    await page.close();
    await open(link.slice(link.indexOf("#")));
    await expect.poll(playlist).toHaveLength(4);
  });

  it("keeps the playlist on reload, without tracks that no longer exist", async () => {
    await open("#/listen");
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press("1");
      await expect.poll(playlist).toHaveLength(i + 1);
    }
    const before = await playlist();
    await page.reload();
    await expect.poll(playlist).toEqual(before);
    await page.evaluate(`sessionStorage["segue-playlist"] = '["gone", ${JSON.stringify(before[0])}]'`);
    await page.reload();
    await expect.poll(playlist).toEqual([before[0]]);
  });

  it("keeps the chosen recommenders on reload, unless they no longer exist", async () => {
    await open("#/listen");
    const chosen = () =>
      Promise.all(["Recommender", "beside"].map((label) => page.getByLabel(label).inputValue()));
    const [first] = await chosen();
    await page.getByLabel("Recommender").selectOption("popularity");
    await page.getByLabel("beside").selectOption("transitions");
    await page.reload();
    await expect.poll(chosen).toEqual(["popularity", "transitions"]);
    await page.locator("[data-ready=true]").nth(1).waitFor();
    await page.evaluate(`sessionStorage["segue-recommenders"] = '["gone", "gone, too"]'`);
    await page.reload();
    await expect.poll(chosen).toEqual([first, ""]);
    await page.locator(".take").first().waitFor();
    expect(await page.locator(".note.error").count()).toBe(0);
  });

  it("keeps disliked tracks excluded on reload, until they may be suggested again", async () => {
    await open("#/listen");
    const suggested = () =>
      page.locator(".take").evaluateAll((all) => all.map((each) => each.getAttribute("data-id")));
    const before = await suggested();
    for (const disliked of before.slice(0, 2)) {
      await page.keyboard.press("Shift+Digit1");
      await expect.poll(suggested).not.toContain(disliked);
    }
    const left = await suggested();
    await page.reload();
    await page.waitForSelector("[data-ready=true]");
    expect(await suggested()).toEqual(left);
    await page.getByText("2 disliked").waitFor();
    await page.getByRole("button", { name: "Suggest them again" }).click();
    await expect.poll(suggested).toEqual(before);
    expect(await page.getByText("disliked").count()).toBe(0);
    await page.reload();
    await page.waitForSelector("[data-ready=true]");
    expect(await suggested()).toEqual(before);
  });

  /** A phone with a playlist of the first tracks, and a finger on it. */
  async function phone(tracks: number, height: number) {
    const context = await studio.browser.newContext({
      hasTouch: true,
      isMobile: true,
      viewport: { width: 390, height },
    });
    page = await context.newPage();
    await page.goto(`${studio.url}/${linkTo(...ids.slice(0, tracks))}`);
    await expect.poll(playlist).toHaveLength(tracks);
    const touch = await context.newCDPSession(page);
    const send = (
      type: "touchStart" | "touchMove" | "touchEnd",
      ...touchPoints: Array<{ x: number; y: number }>
    ) => touch.send("Input.dispatchTouchEvent", { type, touchPoints });
    const middle = async (selector: string, at: number) => {
      const box = (await page.locator(`li:has([data-track]) ${selector}`).nth(at).boundingBox())!;
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    };
    return { context, send, middle };
  }

  it("moves a track by touch, only by its handle", async () => {
    const { context, send, middle } = await phone(4, 800);
    const drag = async (selector: string, from: number, to: number) => {
      const [start, end] = [await middle(selector, from), await middle(selector, to)];
      await send("touchStart", start);
      for (const part of [0.3, 0.6, 1])
        await send("touchMove", { x: start.x, y: start.y + part * (end.y - start.y) });
      await send("touchEnd");
    };
    await drag(".handle", 0, 2);
    await expect.poll(playlist).toEqual([ids[1], ids[2], ids[0], ids[3]]);
    await drag(".handle", 3, 0);
    await expect.poll(playlist).toEqual([ids[3], ids[1], ids[2], ids[0]]);
    await drag(".track", 0, 2);
    expect(await playlist()).toEqual([ids[3], ids[1], ids[2], ids[0]]);
    await context.close();
  });

  it("scrolls under a finger that drags a track to the edge of the window", async () => {
    const height = 240;
    const { context, send, middle } = await phone(8, height);
    const list = page.getByRole("list", { name: "Tracks in playing order" });
    const edges = async () => {
      const { y, height: tall } = (await list.boundingBox())!;
      return { top: y, bottom: y + tall };
    };
    const drag = async (from: number, toY: number, until: () => Promise<boolean>) => {
      await page.locator(".handle").nth(from).scrollIntoViewIfNeeded();
      const start = await middle(".handle", from);
      await send("touchStart", start);
      await send("touchMove", { x: start.x, y: toY });
      await expect.poll(until).toBe(true);
      await send("touchEnd");
    };
    expect((await edges()).bottom).toBeGreaterThan(height);
    await drag(0, height - 10, async () => (await edges()).bottom <= height);
    await expect.poll(playlist).toEqual([...ids.slice(1), ids[0]]);
    // No further than the list goes.
    expect((await edges()).bottom).toBeGreaterThan(height - 40);
    expect((await edges()).top).toBeLessThan(0);
    await drag(7, 10, async () => (await edges()).top >= 0);
    await expect.poll(playlist).toEqual(ids);
    await context.close();
  });

  it("says which tracks of a link are missing, and does not replace them", async () => {
    await open(linkTo("Twin-Sang", ids[0]!));
    await page
      .locator(".note", { hasText: "1 of the 2 tracks of the link is not among the songs here: Twin-Sang" })
      .waitFor();
    expect(await playlist()).toEqual([ids[0]]);
    await goTo(linkTo("a", "b"));
    await page.locator(".note", { hasText: "2 of the 2 tracks of the link are not" }).waitFor();
    await goTo(linkTo(ids[1]!));
    await expect.poll(playlist).toEqual([ids[1]]);
    expect(await page.getByText("of the link").count()).toBe(0);
  });

  it("says who extended the playlist if the chosen recommender could not, until it changes", async () => {
    await open(linkTo(ids[0]!));
    const chosen = await page.getByLabel("Recommender").inputValue();
    const said = page.locator(".controls + [role=status]");
    const extendTo = async (of: readonly string[], by: readonly string[]) => {
      const tracks = of.map((id) => ({ id, title: id }));
      await page.route("**/v1/studio/extend", (route) => route.fulfill({ json: { tracks, by } }));
      await page.getByRole("button", { name: "Extend" }).click();
    };
    await extendTo([], []);
    await expect
      .poll(() => said.textContent())
      .toBe("Nothing was added: no recommender has another song to suggest.");
    await extendTo(ids.slice(1, 3), [chosen, "popularity"]);
    await expect
      .poll(() => said.textContent())
      .toMatch(
        /\(vstan\) has no answer for 1 of the 2 tracks: added by what is popular \(popularity\)\. Only 2 of 5 were added: /,
      );
    await page.keyboard.press("u");
    await expect.poll(() => said.textContent()).toBe("");
    await extendTo(ids.slice(1, 6), Array(5).fill(chosen));
    await expect.poll(playlist).toHaveLength(6);
    expect(await said.textContent()).toBe("");
    expect(problems).toEqual([]);
  });

  it("removes an error when the next attempt succeeds, and when the playlist changes", async () => {
    await open("#/listen");
    await page.route("**/v1/studio/extend", (route) => route.abort());
    await page.getByRole("button", { name: "Extend" }).click();
    const error = page.getByText("The studio's server does not answer.");
    await error.waitFor();
    await page.unrouteAll();
    await page.getByRole("button", { name: "Extend" }).click();
    await expect.poll(playlist).not.toEqual([]);
    expect(await error.count()).toBe(0);
    await page.route("**/v1/studio/extend", (route) => route.abort());
    await page.getByRole("button", { name: "Extend" }).click();
    await error.waitFor();
    await page.keyboard.press("u");
    await expect.poll(() => error.count()).toBe(0);
  });
});
