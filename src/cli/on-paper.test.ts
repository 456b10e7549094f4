/** What is read without a server, in a real browser: the leaderboard's page, and cards such as the report, printed and on a phone. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeViolations, hasChromium, launchChromium } from "../studio/browser.testkit.js";
import { distPath } from "../system/index.js";
import { renderCard } from "../workflow/card/render.js";

/** A4 with margins of 1 cm, in CSS pixels. */
const paper = { upright: 718, turned: 1046 };

describe.skipIf(!hasChromium)("pages that are opened from the disk", () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "segue-on-paper-"));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  /** By how many pixels the table that `html` has is wider than where it stands, and the page than its window. */
  async function excess(file: string, width: number, media: "screen" | "print") {
    const page = await browser.newPage({ viewport: { width, height: 700 }, isMobile: width < 500 });
    await page.emulateMedia({ media });
    await page.goto(pathToFileURL(file).href);
    const found = (await page.evaluate(`(() => {
      const over = (element) => Math.max(0, element.scrollWidth - element.clientWidth);
      return { table: over(document.querySelector("table").parentElement), page: over(document.documentElement) };
    })()`)) as { table: number; page: number };
    await page.close();
    return found;
  }

  it("shows a leaderboard completely on paper and on a laptop, and scrolls it on a phone", async () => {
    const train = join(folder, "train.jsonl");
    const lines = Array.from({ length: 60 }, (_, p) => ({
      playlist_id: `p${p}`,
      tracks: Array.from({ length: 5 }, (_, i) => `rock-${(p + i) % 10}`),
    }));
    await writeFile(train, lines.map((line) => JSON.stringify(line)).join("\n"));
    const html = join(folder, "board.html");
    const names = ["recent-popularity", "transitions"];
    const flags = ["--train", train, "--recommender", ...names, "--leaderboard", "--html", html];
    const ran = spawnSync(process.execPath, [distPath("cli/main.js"), "evaluate", ...flags]);
    expect(ran.stderr.toString()).not.toContain("error");
    expect(await excess(html, paper.turned, "print")).toEqual({ table: 0, page: 0 });
    expect(await excess(html, 1366, "screen")).toEqual({ table: 0, page: 0 });
    const onPhone = await excess(html, 360, "screen");
    expect(onPhone.page).toBe(0);
    expect(onPhone.table).toBeGreaterThan(0);
    const page = await browser.newPage();
    await page.goto(pathToFileURL(html).href);
    expect(await axeViolations(page)).toEqual([]);
    await page.close();
  });

  it("prints the widest table of the report completely", async () => {
    const row = {
      ...{ model: "track2vec min_count=10", "hit ratio": "0.2212", "95 %": "0.2101–0.2325", MRR: "0.0402" },
      ...{ NDCG: "0.0788", "base protocol": "0.0611", "fit s": "110.4", "queries/s": 8876 },
    };
    const card = join(folder, "card.html");
    const place = { flow: "f", run: "r", step: "s", task: "0" };
    await writeFile(
      card,
      await renderCard({ ...place, isOver: true, blocks: [{ type: "table", rows: [row] }] }),
    );
    expect(await excess(card, paper.upright, "print")).toEqual({ table: 0, page: 0 });
  });
});
