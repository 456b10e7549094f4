/** Runs in a real browser: runs that go on while they are looked at, that failed, and whose parameters are long or oddly named. */
import { appendFileSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { generatedCorpus } from "../../analysis/analysis.testkit.js";
import { renderCard } from "../../workflow/card/render.js";
import {
  loadFlow,
  openClient,
  openStore,
  Pool,
  type RunOptions,
  type RunResult,
  runFlow,
} from "../../workflow/index.js";
import { axeViolations, hasChromium, type PageOptions, poll } from "../browser.testkit.js";
import { shareOfPixels } from "../pixels.testkit.js";
import { type TestStudio, testStudio } from "../studio.testkit.js";

const fixtures = new URL("fixtures/shown.mjs", import.meta.url).href;
const engineFixtures = new URL("../../workflow/fixtures/flows.mjs", import.meta.url).href;

describe.skipIf(!hasChromium)("Runs in a browser", () => {
  let studio: TestStudio;
  let folder: string;
  let store: Awaited<ReturnType<typeof openStore>>;
  const pool = new Pool();
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "segue-runs-view-test-"));
    store = await openStore(folder);
    studio = await testStudio({
      corpus: generatedCorpus(60),
      client: openClient(store),
      flags: "--datastore elsewhere",
      figures: async (run) => {
        const { says, time } = (await run.record()).parameters as { says: string; time: number };
        if (!says) return { groups: [] };
        const ratio = { name: "hit ratio@10", value: time, interval: [time - 0.1, time + 0.1] as const };
        return {
          groups: [{ title: "Test figures", figures: [{ name: "best model", value: says }, ratio] }],
          questions: says.slice(0, 1),
        };
      },
    });
  });
  afterEach(async () => {
    rmSync(join(folder, "closed"), { force: true });
    rmSync(join(folder, "said.txt"), { force: true });
    await page?.close();
  });
  afterAll(async () => {
    await studio?.close();
    await pool.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const run = async (
    name: string,
    parameters: Record<string, unknown> = {},
    module = fixtures,
    options: Partial<RunOptions> = {},
  ) => {
    const result = await runFlow(await loadFlow(module, name), parameters, {
      ...{ store, pool, maxWorkers: 2 },
      ...options,
    });
    await pool.settled();
    return result;
  };
  async function open(options?: PageOptions) {
    ({ page, problems } = await studio.open("#/runs", options));
    await page.waitForSelector(".picture svg");
  }
  const choose = ({ run: id }: RunResult) => page.locator(".list button", { hasText: id }).click();
  const log = () => page.locator("pre");
  const scrolled = () =>
    page.evaluate(`(() => {
      const { scrollTop, scrollHeight, clientHeight } = document.querySelector("pre");
      return { scrollTop, toEnd: scrollHeight - clientHeight - scrollTop };
    })()`) as Promise<{ scrollTop: number; toEnd: number }>;

  it("follows a running task, with log, card and artifacts, and keeps the reader's scroll position", async () => {
    const [closed, said] = [join(folder, "closed"), join(folder, "said.txt")];
    writeFileSync(closed, "");
    const running = run("talker", { folder, lines: 600 });
    await poll(async () => (await openClient(store).runs({ flow: "talker" })).length).toBeGreaterThan(0);
    await open();
    await page.getByRole("button", { name: /^start\/0/ }).click();
    await poll(() => log().innerText()).toContain("red and plain");
    expect(await page.locator("#run-title").innerText()).toMatch(/ running for \d/);
    const before = (await log().innerText()).split("\n");
    expect(before.slice(0, 2)).not.toContain("line 1");
    // At the end, where it begins, it stays at the end.
    appendFileSync(said, "one more\n");
    await poll(() => log().innerText()).toContain("one more");
    expect((await scrolled()).toEnd).toBeLessThan(12);
    // Further up, it stays there.
    await page.evaluate("document.querySelector('pre').scrollTop = 200");
    appendFileSync(said, "and another\n");
    await poll(() => log().innerText()).toContain("and another");
    expect((await scrolled()).scrollTop).toBe(200);
    const text = await log().innerText();
    expect(text.match(/one more/g)).toHaveLength(1);
    expect(await page.getByText("None to read").count()).toBe(1);
    rmSync(closed);
    expect((await running).status).toBe("done");
    await poll(() => page.locator("[aria-label=Artifacts]").innerText()).toContain("answer");
    await page.waitForSelector("iframe[title='Card of start/0']");
    await poll(() => page.locator("#run-title").innerText()).toMatch(/ done in \d/);
    expect(problems).toEqual([]);
  });

  it("says that the run in the URL is missing, instead of showing another", async () => {
    const { run: id } = await run("talker", { folder, lines: 1 });
    ({ page } = await studio.open("#/runs/talker/gone"));
    const note = page.locator(".page .note.error");
    await note.waitFor();
    expect(await note.innerText()).toContain("there is no run talker/gone in ");
    expect(await page.locator("#run-title").count()).toBe(0);
    await page.locator(".list button", { hasText: id }).click();
    await poll(() => page.locator("#run-title").innerText()).toContain(id);
    await page.close();
    // What names no run at all is the same as the view by itself.
    ({ page, problems } = await studio.open("#/runs/talker"));
    await poll(() => page.locator("#run-title").innerText()).toContain(id);
    expect(problems).toEqual([]);
  });

  it("says how many lines of a log are left out, and can show all, in colour", async () => {
    const { run: id } = await run("talker", { folder, lines: 600 });
    await open();
    await page.getByRole("button", { name: /^start\/0/ }).click();
    const panel = page.locator("section[aria-label='Task start/0']");
    await poll(() => panel.innerText()).toContain("The first 110 lines of 610 are left out.");
    expect(await panel.innerText()).toContain(`segue logs talker/${id}/start/0 --datastore elsewhere`);
    expect((await log().innerText()).split("\n")[0]).toBe("line 111");
    await page.getByRole("button", { name: "Show all" }).click();
    await poll(async () => (await log().innerText()).split("\n")[0]).toBe("line 1");
    expect((await log().innerText()).trim().split("\n")).toHaveLength(610);
    expect(await panel.innerText()).not.toContain("left out");
    expect(await log().innerText()).toContain("\nred and plain");
    expect(await log().innerText()).not.toContain("\x1b");
    const colourOf = (selector: string) =>
      page.evaluate(`getComputedStyle(document.querySelector("${selector}")).color`);
    expect(await colourOf("pre .red")).not.toBe(await colourOf("pre"));
    expect(problems).toEqual([]);
  });

  it("compares runs whose parameters have names of other rows", async () => {
    const first = await run("talker", { folder, time: 1, state: "good", start: ["a"] });
    const second = await run("talker", { folder, time: 2, state: "good", start: ["b"] });
    await open();
    await choose(second);
    await page.getByLabel("Compare with").selectOption(`${first.flow}/${first.run}`);
    const rows = page.locator("[aria-label='Two runs side by side'] tbody tr");
    const cells = async () => {
      const all = await rows.allInnerTexts();
      return all.map((row) => row.split("\t"));
    };
    await poll(cells).toContainEqual(["time", "2", "1"]);
    expect(await cells()).toContainEqual(["state", '"good"', '"good"']);
    expect(await cells()).toContainEqual(["state", "done", "done"]);
    expect(await cells()).toContainEqual(["start", '["b"]', '["a"]']);
    const differing = await rows.and(page.locator(".differs")).allInnerTexts();
    expect(differing.map((row) => row.split("\t")[0])).toEqual(expect.arrayContaining(["time", "start"]));
    expect(differing.join("\n")).not.toContain("good");
    expect(problems).toEqual([]);
  });

  it("compares what runs came to, with the difference, and says if they were asked about other playlists", async () => {
    const blend = await run("talker", { folder, says: "blend", time: 0.72 });
    const vstan = await run("talker", { folder, says: "vstan", time: 0.6078 });
    const popular = await run("talker", { folder, says: "blend, again", time: 0.72 });
    await open();
    await choose(vstan);
    const table = page.locator("[aria-label='Two runs side by side']");
    const rows = async () => (await table.locator("tr").allInnerTexts()).map((row) => row.split("\t"));
    const section = page.locator("section", { has: table });
    await page.getByLabel("Compare with").selectOption(`talker/${blend.run}`);
    await poll(rows).toContainEqual([
      "hit ratio@10",
      "0.6078 (0.508–0.708)",
      "0.7200 (0.620–0.820)",
      "−0.1122",
    ]);
    expect(await rows()).toContainEqual(["best model", "vstan", "blend", ""]);
    expect(await section.innerText()).toContain("They were asked about different playlists");
    await choose(popular);
    await poll(rows).toContainEqual(["hit ratio@10", "0.7200 (0.620–0.820)", "0.7200 (0.620–0.820)", "0"]);
    expect(await section.innerText()).toContain("Both were asked about the same playlists");
    await page.setViewportSize({ width: 390, height: 760 });
    const right =
      "Math.max(...[...document.querySelectorAll('tr > :last-child')].map((cell) => cell.getBoundingClientRect().right))";
    await poll(() => page.evaluate(right)).toBeLessThan(390);
    expect(await axeViolations(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("draws and sorts the tasks of a grid, dotted over axes where a task has no value, and shortens long names", async () => {
    const finished = await run("talker", { folder });
    const rows = [
      { task: "0", values: { name: "track2vec min_count=3", minCount: 3, hits: 0.1 } },
      { task: "1", values: { name: "track2vec min_count=5", minCount: 5, hits: 0.2 } },
      { task: "2", values: { name: "popularity", hits: 0.3 } },
    ];
    const grid = { step: "train", columns: ["name", "minCount", "hits"], rows };
    ({ page, problems } = await studio.open(`#/runs/talker/${finished.run}`, {
      before: (page) => page.route("**/grid", (route) => route.fulfill({ json: { grid } })),
    }));
    const picture = page.getByLabel("The grid as parallel coordinates");
    await picture.waitFor();
    const lines = await picture.locator("g").all();
    const looks = await Promise.all(
      lines.map((line) =>
        line.evaluate((each) => [...each.children].map((part) => part.getAttribute("stroke-dasharray"))),
      ),
    );
    // The first child is the title.
    expect(looks.map((look) => look.slice(1))).toEqual([[null, null], [null, null], ["2 5"]]);
    expect(await picture.innerText()).toContain("track2vec m…");
    // The highest value of the last axis is at its top, where its label is, the lowest at its bottom.
    const ends = await picture
      .locator("polyline:last-child")
      .evaluateAll((all) => all.map((line) => Number(line.getAttribute("points")!.split(",").at(-1))));
    expect(ends[1]!).toBeCloseTo((ends[0]! + ends[2]!) / 2, 6);
    const axis = picture.locator("svg > line").last();
    const [bottom, top] = await Promise.all(
      ["y1", "y2"].map(async (end) => Number(await axis.getAttribute(end))),
    );
    expect([ends[0], ends[2]]).toEqual([bottom, top]);
    const labelled = async (label: string) =>
      Number(await picture.locator("svg > text", { hasText: label }).getAttribute("y"));
    expect(await labelled("0.3")).toBeLessThan(top!);
    expect(await labelled("0.1")).toBeGreaterThan(bottom!);

    const table = page.getByLabel("The grid as a table");
    const sortedBy = async (column: string) => {
      await table.getByRole("button", { name: column }).click();
      return table.locator("tbody tr > :first-child").allInnerTexts();
    };
    expect(await sortedBy("hits")).toEqual(["2", "1", "0"]);
    expect(await sortedBy("hits")).toEqual(["0", "1", "2"]);
    // A task without a value comes last either way.
    expect(await sortedBy("minCount")).toEqual(["1", "0", "2"]);
    expect(await sortedBy("minCount")).toEqual(["0", "1", "2"]);
    expect(problems).toEqual([]);
  });

  it("leaves names room beside long values", async () => {
    const start = Array.from({ length: 40 }, (_, i) => `a rather long value ${i}`);
    const [first, second] = [
      await run("talker", { folder, says: "blend", start }),
      await run("talker", { folder, says: "blend", start }),
    ];
    await open();
    await choose(second);
    await page.getByLabel("Compare with").selectOption(`${first.flow}/${first.run}`);
    const table = page.locator("[aria-label='Two runs side by side'] table");
    const header = table.getByRole("columnheader", { name: "difference" });
    // Two lines, for the names of the runs.
    expect((await header.boundingBox())!.height).toBeLessThan(70);
    const best = table.getByRole("rowheader", { name: "best model" });
    expect((await best.boundingBox())!.height).toBeLessThan(50);
    expect(problems).toEqual([]);
  });

  it("says how to rerun a run that failed on wrong input, with the datastore of the studio", async () => {
    const again = { flows: ["misused"], flags: ["--datastore", "another", "--folder", "a b"] };
    const misused = await run("misused", { folder }, engineFixtures, { again });
    await open();
    await choose(misused);
    const anew =
      "run it again with correct input (a resumed run keeps its parameters): segue run misused --folder 'a b' --datastore elsewhere";
    const note = page.locator(".note[role=alert]").first();
    await poll(() => note.innerText()).toContain(`say which\n${anew}`);
    await page.getByRole("button", { name: "What start/0 printed" }).click();
    const panel = page.locator("section[aria-label='Task start/0']");
    await poll(() => panel.innerText()).toContain(`say which\n${anew}`);
    expect(await page.locator("body").innerText()).not.toContain("segue resume");
    expect(problems).toEqual([]);
  });

  it("says at the top of a failed run which task failed, why, and what to do", async () => {
    const failed = await run("misled", {}, fixtures, {
      next: { flows: ["after"], flags: [] },
      again: { flows: ["misled", "after"], flags: ["--own"] },
    });
    expect(failed.status).toBe("failed");
    await open();
    await choose(failed);
    const note = page.locator(".note[role=alert]").first();
    await poll(() => note.innerText()).toContain("work/1: there is no column called song");
    expect(await note.innerText()).toContain("name it with --columns");
    expect(await note.innerText()).toContain(
      `when it is fixed: segue resume misled/${failed.run} --datastore elsewhere\n` +
        "then the flows after it: segue run after --datastore elsewhere\n" +
        "with other parameters: segue run misled after --own --datastore elsewhere",
    );
    // A command is selected whole, to be copied.
    await note.locator("code", { hasText: "segue resume" }).click();
    expect(await page.evaluate("getSelection().toString()")).toBe(
      `segue resume misled/${failed.run} --datastore elsewhere`,
    );
    await page.getByRole("button", { name: "What work/1 printed" }).click();
    const panel = page.locator("section[aria-label='Task work/1']");
    await poll(() => panel.innerText()).toContain("name it with --columns");
    const broken = await run("misled", { own: true });
    await poll(() => page.locator(".list").innerText()).toContain(broken.run);
    await choose(broken);
    await poll(() => note.innerText()).toMatch(
      /^work\/1: it is broken \(src\/studio\/runs\/fixtures\/shown\.mjs:\d+\)\n/,
    );
    expect(problems).toEqual([]);
  });

  it("keeps the chosen run in the URL, for reloading and going back", async () => {
    const [first, second] = [await run("talker", { folder }), await run("talker", { folder })];
    await open();
    const title = () => page.locator("#run-title").innerText();
    for (const each of [first, second]) {
      await choose(each);
      await poll(title).toContain(each.run);
    }
    await page.goBack();
    await poll(title).toContain(first.run);
    await page.reload();
    await poll(title).toContain(first.run);
    expect(await page.locator(".list button[aria-current]").innerText()).toContain(first.run);
    expect(problems).toEqual([]);
  });

  it("keeps the open task and the comparison in the URL, too", async () => {
    const [first, second] = [await run("talker", { folder }), await run("talker", { folder })];
    await open();
    await choose(second);
    const pressed = () => page.locator("button[aria-pressed=true]").allInnerTexts();
    const compared = () => page.getByLabel("Compare with").inputValue();
    await page.getByRole("button", { name: /^start\/0/ }).click();
    await page.getByLabel("Compare with").selectOption(`talker/${first.run}`);
    await page.reload();
    await poll(async () => (await pressed()).join()).toMatch(/^start\/0/);
    expect(await compared()).toBe(`talker/${first.run}`);
    await page.goBack();
    await poll(compared).toBe("");
    expect(await pressed()).toHaveLength(1);
    await page.goBack();
    await poll(pressed).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("keeps what is shown while the server does not answer", async () => {
    await run("talker", { folder });
    await open();
    await page.getByRole("button", { name: /^start\/0/ }).click();
    await page.waitForSelector("pre");
    await page.route("**/v1/**", (route) => route.abort());
    await page.getByText("The studio's server does not answer.").first().waitFor();
    expect(await page.locator("pre, .picture svg").count()).toBe(2);
    await page.unrouteAll();
    await poll(() => page.locator(".note.error").count()).toBe(0);
  });

  it.each([390, 1280])("fits into a window %i pixels wide", async (width) => {
    const long = "w".repeat(300);
    await run("talker", { folder, state: long, start: Array.from({ length: 40 }, (_, i) => `item ${i}`) });
    await open({ width });
    await page.locator("summary", { hasText: "Parameters" }).click();
    await page.getByRole("button", { name: /^start\/0/ }).click();
    await page.waitForSelector("pre");
    const over = "document.documentElement.scrollWidth - innerWidth";
    await poll(() => page.getByText(long).isVisible()).toBe(true);
    expect(await page.evaluate(over)).toBeLessThanOrEqual(0);
  });

  it("scrolls a log with a table sideways on a phone, and breaks the lines of others", async () => {
    const plain = await run("talker", { folder, says: "word ".repeat(50) });
    const drawn = await run("talker", {
      folder,
      says: `┌${"─".repeat(90)}┐\n│${"a row ".repeat(15)}│\n└${"─".repeat(90)}┘`,
    });
    const parted = await run("talker", { folder, says: `model${" ".repeat(30)}hit ratio   MRR     NDCG` });
    await open({ width: 390 });
    const wider = () =>
      page.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)(document.querySelector('pre'))",
      );
    for (const [which, isWider] of [
      [plain, false],
      [drawn, true],
      [parted, true],
    ] as const) {
      await choose(which);
      await page.getByRole("button", { name: /^start\/0/ }).click();
      await poll(() => page.locator("section[aria-label^=Task] pre").count()).toBe(1);
      await poll(() => log().innerText()).toContain("code 37");
      expect(await wider()).toBe(isWider);
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    }
  });

  it("lists the other runs if one record is damaged, and says what to do", async () => {
    const { run: id } = await run("talker", { folder });
    await store.put("runs/talker/29990101-000000-zzzzz.json", "{");
    try {
      await open();
      await poll(() => page.locator(".note").innerText()).toMatch(
        /29990101-000000-zzzzz\.json in .* is damaged: it is not JSON\s+remove it/,
      );
      await page.locator(".list button", { hasText: id }).waitFor();
      expect(await axeViolations(page)).toEqual([]);
    } finally {
      await store.delete("runs/talker/29990101-000000-zzzzz.json");
    }
    await poll(() => page.locator(".note").count()).toBe(0);
  });

  it("also counts the waiting tasks of a foreach", async () => {
    writeFileSync(join(folder, "closed"), "");
    const running = run("gate", { folder, count: 3 }, engineFixtures);
    await poll(() => existsSync(join(folder, "ran.txt"))).toBe(true);
    await open();
    await poll(() => page.locator(".picture").innerText()).toContain("0 of 3 tasks");
    rmSync(join(folder, "closed"));
    expect((await running).status).toBe("done");
    await poll(() => page.locator(".picture").innerText()).toContain("3 of 3 tasks");
  });

  it.each(["light", "dark"] as const)(
    "colours pictures and cards by its theme button if the system is %s",
    async (theme) => {
      const finished = await run("talker", { folder });
      await open({ theme });
      await choose(finished);
      await page.getByRole("button", { name: /^start\/0/ }).click();
      const looks = async () => {
        const ground = await page.evaluate(
          "getComputedStyle(document.querySelector('.picture .ground')).fill",
        );
        const card = page.frames().find((frame) => frame.url().includes("/card"));
        const paper = await card?.evaluate("getComputedStyle(document.body).backgroundColor");
        return { ground, paper };
      };
      // Letters and bars apart, the card and the chart in it have one ground.
      const bright = () => shareOfPixels(page, "iframe", "r + g + b > 690");
      const isBright = async () =>
        [await bright()].map((share) => (share > 0.8 ? true : share < 0.1 ? false : share))[0];
      const light = { ground: "rgb(251, 252, 254)", paper: "rgb(255, 255, 255)" };
      const dark = { ground: "rgb(22, 27, 34)", paper: "rgb(20, 24, 31)" };
      await poll(looks).toEqual(theme === "light" ? light : dark);
      await poll(isBright).toBe(theme === "light");
      // Paper is white in any theme.
      await page.emulateMedia({ media: "print" });
      await poll(looks).toEqual(light);
      await page.emulateMedia({ media: "screen" });
      await page.waitForSelector("pre .red");
      expect(await axeViolations(page)).toEqual([]);
      await page.getByRole("button", { name: /colours$/ }).click();
      await poll(looks).toEqual(theme === "light" ? dark : light);
      await poll(isBright).toBe(theme !== "light");
    },
  );

  it.each(["light", "dark"] as const)("shows a card opened on its own as %s as the system", async (theme) => {
    const { run: id } = await run("talker", { folder });
    ({ page } = await studio.open(`v1/studio/runs/talker/${id}/tasks/start/0/card`, { theme }));
    const paper = {
      light: "r === 255 && g === 255 && b === 255",
      dark: "r === 20 && g === 24 && b === 31",
    };
    const other = theme === "light" ? "dark" : "light";
    expect(await shareOfPixels(page, "img.themed", paper[theme])).toBeGreaterThan(0.4);
    expect(await shareOfPixels(page, "img.themed", paper[other])).toBeLessThan(0.01);
  });

  it("shows cards on a phone with charts as large as elsewhere, and scrolls what is wider, also by keyboard", async () => {
    const wide = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`column ${i}`, i]));
    const spec = { width: 500, data: { values: [{ a: 1 }] }, mark: "bar", encoding: { x: { field: "a" } } };
    const place = { flow: "f", run: "r", step: "s", task: "0", isOver: true };
    const card = await renderCard({
      ...place,
      blocks: [
        { type: "table", rows: [wide] },
        { type: "chart", spec },
      ],
    });
    page = await studio.browser.newPage({ viewport: { width: 390, height: 760 } });
    await page.setContent(card);
    const width = "document.querySelector('img').clientWidth";
    await poll(() => page.evaluate(width)).toBeGreaterThan(500);
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    expect(await axeViolations(page)).toEqual([]);
  });
});
