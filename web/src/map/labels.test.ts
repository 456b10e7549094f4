import { expect, it } from "vitest";
import { labelsOf } from "./labels.js";

const stage = { width: 400, height: 200 };
const measure = (text: string) => 6 * text.length;
const label = (points: ReadonlyArray<{ name: string; x: number; y: number; radius?: number }>) =>
  labelsOf(
    points,
    (point) => ({ radius: 2, ...point }),
    (point) => point.name,
    measure,
    stage,
  );

it("writes what has room, the first asked first, and each name once", () => {
  const texts = label([
    { name: "Drake", x: 100, y: 100 },
    { name: "Rihanna", x: 105, y: 104 },
    { name: "Drake", x: 300, y: 50 },
    { name: "Coldplay", x: 100, y: 150 },
  ]).map(({ text }) => text);
  expect(texts).toEqual(["Drake", "Coldplay"]);
});

it("begins a name beside its point, even a large one", () => {
  const [small, large] = label([
    { name: "small", x: 100, y: 50, radius: 2 },
    { name: "large", x: 100, y: 150, radius: 30 },
  ]);
  expect([small!.x, large!.x]).toEqual([107, 133]);
});

it("spreads names over the stage", () => {
  const crowd = Array.from({ length: 300 }, (_, i) => ({
    name: `n${i}`,
    x: 3 * (i % 40),
    y: 20 + (i % 160),
  }));
  const placed = label([...crowd, { name: "far", x: 300, y: 100 }]).map(({ text }) => text);
  expect(placed).toContain("far");
  expect(placed.length).toBeLessThan(5);
});

it("leaves out what is not on the stage or would reach over its edge, and cuts what is long", () => {
  const placed = label([
    { name: "beyond", x: 500, y: 100 },
    { name: "at the edge", x: 380, y: 100 },
    { name: "too high", x: 100, y: 2 },
    { name: "An Orchestra of Very Many Words Indeed", x: 20, y: 100 },
  ]);
  expect(placed.map(({ text }) => text)).toEqual(["An Orchestra of Very Many W…"]);
});

it("asks no more of a hundred thousand points than of a few", () => {
  let asked = 0;
  const points = Array.from({ length: 100_000 }, (_, i) => ({ name: `n${i}`, x: -1000, y: 0, radius: 2 }));
  labelsOf(
    points,
    (point) => {
      asked++;
      return point;
    },
    ({ name }) => name,
    measure,
    stage,
  );
  expect(asked).toBeLessThan(5000);
});
