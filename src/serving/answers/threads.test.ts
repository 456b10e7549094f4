import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { randomVectors, testFolder } from "../../bundle/bundle.testkit.js";
import { writeBundle } from "../../bundle/index.js";
import { nearestOf } from "../../recommenders/index.js";
import { openThreads } from "./threads.js";

const at = testFolder();

it("has its search index ready when it replaces another model, and soon after a start", async () => {
  const many = randomVectors(
    Array.from({ length: 100_000 }, (_, i) => `Artist ${i % 5_000}-Song number ${i}`),
    2,
  );
  const nearest = nearestOf(many, many).save();
  await writeBundle(at("many"), { catalogue: many, recommenders: { nearest }, vectors: many });
  const firstSearch = async (warmUp: number, pause = 0) => {
    const threads = await openThreads({ place: at("many"), recommender: undefined }, { warmUp });
    try {
      await wait(pause);
      const began = performance.now();
      await threads.answer({ of: "tracks", request: { q: "song 7", limit: 1 } });
      return performance.now() - began;
    } finally {
      await threads.close();
    }
  };
  const built = await firstSearch(0);
  expect(await firstSearch(1)).toBeLessThan(built / 2);
  expect(await firstSearch(0, 2_000 + 3 * built)).toBeLessThan(built / 2);
}, 60_000);
