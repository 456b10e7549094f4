import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FolderStore } from "../../storage/index.js";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { openCard } from "./live-card.js";

const at = folderOfEachTest("live-card");
const place = { flow: "f", run: "r", step: "s", task: "0" };
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A datastore that notes what is written. */
class NotingStore extends FolderStore {
  readonly pages: string[] = [];
  override async put(_key: string, contents: string): Promise<void> {
    this.pages.push(contents);
  }
}

it("is over once it is closed, whatever its step still adds", async () => {
  const store = new NotingStore(at());
  const card = openCard(store, "card.html", place);
  const bar = card.progress("epochs", 10);
  vi.advanceTimersByTime(1_000);
  await expect.poll(() => store.pages.length).toBe(1);
  await card.close();
  bar.update(3);
  card.markdown("too late");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(store.pages.map((page) => page.includes('http-equiv="refresh"'))).toEqual([true, false]);
});

it("is not written as long as it has only a title", async () => {
  const store = new NotingStore(at());
  const card = openCard(store, "card.html", place);
  card.title("a title");
  await vi.advanceTimersByTimeAsync(2_000);
  await card.close();
  expect(store.pages).toEqual([]);
});
