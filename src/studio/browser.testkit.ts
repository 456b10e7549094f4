/** Chromium for tests; they are skipped, with a word on what to install, where there is none. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { distPath, packageRoot } from "../system/index.js";

const path = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((each) => each !== undefined && existsSync(each));

export const hasChromium = path !== undefined;
if (!hasChromium)
  console.warn("skipped: the studio in a browser (apt-get install chromium, or set CHROMIUM_PATH)");

/** Builds the studio's pages where that has not been done. */
export function buildPages(): void {
  if (existsSync(distPath("web/index.html"))) return;
  const vite = join(packageRoot, "node_modules/vite/bin/vite.js");
  execFileSync(process.execPath, [vite, "build", join(packageRoot, "web"), "--logLevel", "error"]);
}

export function launchChromium() {
  return chromium.launch({
    executablePath: path!,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--use-gl=angle",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface PageOptions {
  /** CSS pixels; default 1180 × 760. */
  readonly width?: number;
  readonly height?: number;
  /** What the system prefers; default light. */
  readonly theme?: "light" | "dark";
  /** Told the page before it loads, to change what it is answered. */
  readonly before?: (page: Page) => Promise<unknown>;
}

/** A page at `address`, and what goes wrong on it from then on. */
export async function openPage(
  browser: Browser,
  address: string,
  { width = 1180, height = 760, theme = "light", before }: PageOptions = {},
) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme });
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on(
    "console",
    (message) => message.type() === "error" && problems.push(`${message.text()} ${message.location().url}`),
  );
  await before?.(page);
  await page.goto(address);
  return { page, problems };
}

/** What axe finds wrong with the page for those who cannot see it well, one line each. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  // Text, since it runs in the page: the tests' own types know no DOM.
  const found = (await page.evaluate("axe.run()")) as {
    violations: Array<{ id: string; nodes: Array<{ html: string }> }>;
  };
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

/** `expect.poll` with the patience that a machine busy with other tests asks for. */
export const poll: typeof expect.poll = (ask, options) => expect.poll(ask, { timeout: 10_000, ...options });
