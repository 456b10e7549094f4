import { describe, expect, it } from "vitest";
import { processorMs } from "../../system/time.testkit.js";
import { RateLimit } from "./rate-limit.js";

describe("a rate limit", () => {
  it("allows a burst of twice the rate, then the rate", () => {
    const limit = new RateLimit(5);
    const taken = (from: number, to: number) => {
      let count = 0;
      for (let now = from; now < to; now += 10) if (limit.take("a", now)) count++;
      return count;
    };
    expect(taken(0, 10)).toBe(1);
    expect(taken(10, 200)).toBeLessThanOrEqual(10);
    expect(taken(1_000, 11_000)).toBeGreaterThanOrEqual(49);
    expect(taken(11_000, 21_000)).toBeLessThanOrEqual(51);
  });

  it("counts clients separately", () => {
    const limit = new RateLimit(1);
    expect([limit.take("a", 0), limit.take("a", 0), limit.take("a", 0)]).toEqual([true, true, false]);
    expect(limit.take("b", 0)).toBe(true);
  });

  it("remembers busy clients while many others come and go, in bounded time", async () => {
    const limit = new RateLimit(0.001);
    while (limit.take("busy", 0));
    const taken = await processorMs(() => {
      for (let client = 0; client < 100_000; client++) {
        limit.take(`client ${client}`, 1 + client / 1_000);
        if (client % 1_000 === 0) expect(limit.take("busy", 1 + client / 1_000)).toBe(false);
      }
    });
    // A walk over all of them for each would take a billion steps.
    expect(taken).toBeLessThan(5_000);
  });

  it("makes room by forgetting clients that could burst again, before one that could not", () => {
    const limit = new RateLimit(1);
    while (limit.take("busy", 0));
    for (let client = 1; client < 10_000; client++) limit.take(`client ${client}`, 100);
    limit.take("one more", 1_500);
    expect([limit.take("busy", 1_500), limit.take("busy", 1_500)]).toEqual([true, false]);
  });
});
