import { expect, it } from "vitest";
import { recommenderKinds } from "../../../src/recommenders/index.js";
import { goesBy, matchAt } from "./words.js";

it("has other words for every recommender, and leaves names that it does not know", () => {
  const words = Object.keys(recommenderKinds).map((name) => [name, goesBy(name)] as const);
  for (const [name, word] of words) expect(word).not.toBe(name);
  expect(new Set(words.map(([, word]) => word)).size).toBe(words.length);
  expect(goesBy("my own")).toBe("my own");
  expect(goesBy("toString")).toBe("toString");
});

it("counts matches as people do", () => {
  expect([1, 2, 3, 4, 11, 21, 112].map(matchAt)).toEqual([
    "best match",
    "2nd best match",
    "3rd best match",
    "4th best match",
    "11th best match",
    "21st best match",
    "112th best match",
  ]);
});
