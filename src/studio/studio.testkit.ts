/** A studio and a browser for tests. */
import type { Browser } from "playwright-core";
import { buildPages, launchChromium, openPage, type PageOptions } from "./browser.testkit.js";
import { type StudioOptions, startStudio } from "./index.js";

export interface TestStudio {
  readonly url: string;
  readonly browser: Browser;
  readonly open: (hash: string, options?: PageOptions) => ReturnType<typeof openPage>;
  readonly close: () => Promise<void>;
}

export async function testStudio(options: StudioOptions): Promise<TestStudio> {
  buildPages();
  const [server, browser] = await Promise.all([startStudio(options), launchChromium()]);
  return {
    url: server.url,
    browser,
    open: (hash, page) => openPage(browser, `${server.url}/${hash}`, page),
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}
