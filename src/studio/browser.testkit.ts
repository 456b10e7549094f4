/** Chromium for tests. Without it they are skipped, and a warning says what to install. */
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

/** Builds the studio's pages if they have not been built. */
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
  /** The system's preferred colour scheme; default light. */
  readonly theme?: "light" | "dark";
  /** Called with the page before it loads, for example to mock responses. */
  readonly before?: (page: Page) => Promise<unknown>;
}

/** Opens a page at `address`, and collects its errors. */
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

/** The accessibility violations that axe finds on the page, one line each. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  // As text, because the tests are type-checked without the DOM.
  const found = (await page.evaluate("axe.run()")) as {
    violations: Array<{ id: string; nodes: Array<{ html: string }> }>;
  };
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

/** `expect.poll` with a timeout that is long enough on a busy machine. */
export const poll: typeof expect.poll = (ask, options) => expect.poll(ask, { timeout: 10_000, ...options });
