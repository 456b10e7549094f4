import { expect, it } from "vitest";
import { orderByCount } from "./order-by-count.js";
import { Random } from "./random.js";
import { atOnce } from "./slices.js";

it.each([0, 1, 9, 70_000, 5e6, 2 ** 40])("equals a stable sort, for counts up to %d", (most) => {
  const random = new Random(3);
  const counts = Array.from({ length: 900 }, () => Math.floor(random.next() * (most + 1)));
  counts[17] = most;
  const numbers = Uint32Array.from({ length: 700 }, (_, i) => (i * 7) % 900);
  const wanted = Array.from(numbers).sort((a, b) => counts[b]! - counts[a]!);
  expect(Array.from(atOnce(orderByCount(numbers, counts)))).toEqual(wanted);
});

it("is empty for no counts", () => {
  expect(atOnce(orderByCount(new Uint32Array(), []))).toHaveLength(0);
});
