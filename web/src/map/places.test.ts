import { describe, expect, it } from "vitest";
import { Places } from "./places.js";

// A grid of 10 × 10 points, one apart.
const grid = new Places(
  Float32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? Math.floor(i / 2) % 10 : Math.floor(i / 20))),
);

describe("Places", () => {
  it("finds the point under the pointer, and none where there is none", () => {
    expect(grid.at(3.1, 4.2, 0.5)).toBe(43);
    expect(grid.at(3.5, 4.5, 0.2)).toBe(-1);
    expect(grid.at(-5, -5, 1)).toBe(-1);
  });

  it("finds the closest point, however far, that is not hidden", () => {
    expect(grid.closest(-500, 2.2)).toBe(20);
    const two = Float32Array.of(0, 0, 1, 0);
    expect(new Places(two, (i) => i > 0).closest(0, 0)).toBe(1);
    expect(new Places(two, () => false).closest(0, 0)).toBe(-1);
  });

  it("finds what a lasso holds", () => {
    expect(grid.inside([-0.5, -0.5, 1.5, -0.5, 1.5, 1.5, -0.5, 1.5])).toEqual([0, 1, 10, 11]);
  });

  it("finds nearest points", () => {
    expect(grid.nearest(0, 2).sort((a, b) => a - b)).toEqual([1, 10]);
  });

  it("walks in small steps from one to another", () => {
    const path = grid.path(0, 9);
    expect(path).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(grid.path(5, 5)).toEqual([5]);
    const islands = new Places(Float32Array.of(0, 0, 1, 0, 100, 0, 101, 0));
    expect(islands.path(0, 3, 1)[0]).toBe(0);
    expect(islands.path(0, 3, 1).at(-1)).toBe(3);
  });

  it("passes over points that are hidden, as long as they are", () => {
    const hidden = new Set([1, 43]);
    const positions = Float32Array.from({ length: 200 }, (_, i) =>
      i % 2 === 0 ? (i / 2) % 10 : Math.floor(i / 20),
    );
    const places = new Places(positions, (i) => !hidden.has(i));
    expect(places.at(3.1, 4.2, 0.5)).toBe(-1);
    expect(places.inside([-0.5, -0.5, 1.5, -0.5, 1.5, 1.5, -0.5, 1.5])).toEqual([0, 10, 11]);
    expect(places.path(0, 3)).not.toContain(1);
    hidden.clear();
    expect(places.at(3.1, 4.2, 0.5)).toBe(43);
  });
});
