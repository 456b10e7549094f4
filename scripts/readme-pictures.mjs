/**
 * Takes the README's screenshots of a run's results, docs/images/report.png and listen.png, on generated sample playlists. Needs Chromium
 * (CHROMIUM_PATH, or Debian's) and a build: node scripts/readme-pictures.mjs
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const segue = join(root, "dist/cli/main.js");
const cwd = mkdtempSync(join(tmpdir(), "segue-pictures-"));
const picture = (name) => join(root, "docs/images", name);

execFileSync(process.execPath, [segue, "sample", "--output", "sample.csv"], { cwd });
const run = JSON.parse(
  execFileSync(process.execPath, [segue, "run", "--input", "sample.csv", "--json"], { cwd }).toString(),
);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const studio = spawn(
  process.execPath,
  [segue, "studio", "sample.csv", "--bundle", "data/04_models", "--port", "0", "--json"],
  {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  },
);
try {
  const [first] = await once(studio.stdout, "data");
  const { url } = JSON.parse(first.toString());
  const page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
  await page.goto(pathToFileURL(join(cwd, run.report)).href);
  await page.screenshot({ path: picture("report.png") });
  await page.goto(url);
  for (const track of [run.check.track, run.check.answer[0].track]) {
    await page.getByPlaceholder("Search songs").fill(track.replace("-", " "));
    await page.keyboard.press("Enter");
    await page.waitForTimeout(1000);
  }
  await page.screenshot({ path: picture("listen.png") });
} finally {
  await browser.close();
  studio.kill();
  rmSync(cwd, { recursive: true, force: true });
}
