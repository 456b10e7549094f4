/** Chromium for tests; they are skipped, with a word on what to install, where there is none. */
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const path = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((each) => each !== undefined && existsSync(each));

export const hasChromium = path !== undefined;

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
