import { describe, expect, it } from "vitest";
import { atOnce, Random } from "../../../system/index.js";
import { binValues } from "./bins.js";
import { boostSteps } from "./boost.js";
import { boostMemory, cellsPerFeature } from "./boost-memory.js";
import { Forest, type ForestArrays } from "./forest.js";
import type { RankingData } from "./ranking-data.js";
import type { BoostSettings } from "./tree-grower.js";

const settings: BoostSettings = {
  trees: 30,
  leaves: 6,
  rate: 0.2,
  leastHessian: 0.5,
  lambda: 1,
  querySample: 0.8,
  featureSample: 1,
};

/** Queries of ten candidates; the answer is the one for which feature 1 is high where feature 2 is low, else low. */
function puzzles(queries: number, seed: number): RankingData {
  const random = new Random(seed);
  const each = 10;
  const width = 4;
  const values = new Float32Array(queries * each * width);
  const relevance = new Float32Array(queries * each);
  for (let q = 0; q < queries; q++) {
    const turned = random.next() < 0.5 ? 1 : 0;
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < each; c++) {
      const row = q * each + c;
      const value = random.next();
      values.set([0, value, turned, random.next()], row * width);
      const merit = turned === 1 ? -value : value;
      if (merit > most) {
        most = merit;
        best = row;
      }
    }
    relevance[best] = 1;
  }
  const offsets = Uint32Array.from({ length: queries + 1 }, (_, q) => q * each);
  const weights = new Float32Array(queries * each).fill(1);
  return { width, start: 0, values, weights, relevance, offsets };
}

/** What the trees say of a row, read node by node as `ForestArrays` has it. */
function plainScore(trees: ForestArrays, row: Float32Array, start: number): number {
  let score = start;
  for (const root of trees.roots) {
    let node = root;
    while (node >= 0)
      node =
        row[trees.features[node]!]! <= trees.thresholds[node]! ? trees.lefts[node]! : trees.rights[node]!;
    score += trees.leaves[~node]!;
  }
  return score;
}

describe("boosted trees", () => {
  it("learn a rule that no single feature shows, for unseen queries", () => {
    const losses: number[] = [];
    const trees = atOnce(
      boostSteps(puzzles(400, 1), settings, { seed: 3, onTree: (_, loss) => losses.push(loss) }),
    );
    for (let t = 5; t < losses.length; t += 5) expect(losses[t]!).toBeLessThan(losses[t - 5]!);
    const unseen = puzzles(200, 2);
    let right = 0;
    for (let q = 0; q < 200; q++) {
      let best = -1;
      let most = Number.NEGATIVE_INFINITY;
      for (let r = unseen.offsets[q]!; r < unseen.offsets[q + 1]!; r++) {
        const score = plainScore(trees, unseen.values.subarray(r * 4, r * 4 + 4), 0);
        if (score > most) {
          most = score;
          best = r;
        }
      }
      if (unseen.relevance[best] === 1) right++;
    }
    // Chance is 20 of 200; the half that feature 1 alone could tell is 100.
    expect(right).toBeGreaterThan(140);
  });

  it("split the leaf with the largest gain first, worked by hand", () => {
    // A hundred queries of the same four candidates, of which one is the answer so often.
    const candidates = [
      [0, 0, 60],
      [1, 0, 20],
      [0, 1, 18],
      [1, 1, 2],
    ] as const;
    const rows = Array.from({ length: 100 }, (_, q) => {
      let before = 0;
      return candidates.map(([a, b, times]) => {
        const isAnswer = q >= before && q < before + times;
        before += times;
        return { values: [a, b, 0], relevance: isAnswer ? 1 : 0 };
      });
    }).flat();
    const data: RankingData = {
      width: 3,
      start: 2,
      values: Float32Array.from(rows.flatMap(({ values }) => values)),
      relevance: Float32Array.from(rows, ({ relevance }) => relevance),
      weights: new Float32Array(400).fill(1),
      offsets: Uint32Array.from({ length: 101 }, (_, q) => 4 * q),
    };
    const once = { ...settings, trees: 1, leaves: 3, querySample: 1 };
    const tree = atOnce(boostSteps(data, once, { seed: 1 }));
    // By the second feature, then where that is 0 by the first one.
    expect([...tree.features]).toEqual([1, 0]);
    expect(tree.lefts[0]).toBe(1);
    expect(tree.rights[0]).toBeLessThan(0);
    // Each had a chance of 1/4 in each of 100 queries, so that its hessian is 18.75: (answers - 25) / (18.75 + 1) · 0.2.
    const scoreOf = (...row: number[]) => plainScore(tree, Float32Array.from(row), 0);
    expect(scoreOf(0, 0)).toBeCloseTo(((60 - 25) / 19.75) * 0.2, 6);
    expect(scoreOf(1, 0)).toBeCloseTo(((20 - 25) / 19.75) * 0.2, 6);
    for (const first of [0, 1]) expect(scoreOf(first, 1)).toBeCloseTo(((18 + 2 - 50) / 38.5) * 0.2, 6);
  });

  it("depend only on the seed", () => {
    const data = puzzles(100, 1);
    const first = atOnce(boostSteps(data, settings, { seed: 3 }));
    expect(atOnce(boostSteps(data, settings, { seed: 3 }))).toEqual(first);
    expect(atOnce(boostSteps(data, settings, { seed: 4 }))).not.toEqual(first);
  });

  it.each([2, 6, 32])(
    "with %d leaves give the same scores in the kernel as node by node, for any range of trees and rows",
    (leaves) => {
      const data = puzzles(60, 5);
      const trees = atOnce(boostSteps(data, { ...settings, leaves, leastHessian: 0.01 }, { seed: 1 }));
      expect(trees.leaves.length).toBeGreaterThan((trees.roots.length * leaves) / 2);
      const forest = new Forest(trees, 64, data.width);
      for (const count of [1, 3, 4, 61]) {
        for (let i = 0; i < count; i++) {
          forest.picked[i] = count - 1 - i;
          forest.scores[i] = i;
          forest.rows.set(data.values.subarray(i * 4, i * 4 + 4), i * 4);
        }
        forest.add(count, 0, 7);
        forest.add(count, 7, forest.trees);
        for (let i = 0; i < count; i++) {
          const row = data.values.subarray((count - 1 - i) * 4, (count - i) * 4);
          expect(forest.scores[i]).toBeCloseTo(plainScore(trees, row, i), 9);
        }
      }
    },
  );
});

it("grows the same trees at any number of threads", () => {
  const data = puzzles(7000, 9);
  const grown = [1, 2, 3].map((threads) => {
    const losses: number[] = [];
    const onTree = (_: number, loss: number) => losses.push(loss);
    return {
      trees: atOnce(boostSteps(data, { ...settings, trees: 12 }, { seed: 4, threads, onTree })),
      losses,
    };
  });
  expect(grown[1]).toEqual(grown[0]);
  expect(grown[2]).toEqual(grown[0]);
});

it("refuses trees with more leaves than bits in a word", () => {
  expect(() => atOnce(boostSteps(puzzles(10, 1), { ...settings, leaves: 33 }, { seed: 1 }))).toThrow(
    /leaves must be .*, got 33/,
  );
});

describe("the boosting kernel", () => {
  const rows = 500;
  const width = 5;
  const random = new Random(7);
  const values = Float32Array.from({ length: rows * width }, () => Math.floor(random.next() * 200));
  const memory = boostMemory({ rows, width, queries: 1 }, 4);
  const borders = binValues(values, width, random, memory);
  const half = Math.ceil(width / 2);
  /** Bins are in two planes: the first half of the features row by row, then the other half. */
  const binOf = (row: number, feature: number) =>
    memory.bins[feature < half ? row * half + feature : (rows + row) * half + feature - half]!;
  for (let i = 0; i < 2 * rows; i++) memory.derivatives[i] = random.next() - 0.5;

  it("bins values between borders", () => {
    for (let i = 0; i < values.length; i++) {
      const edges = borders[i % width]!;
      const bin = binOf(Math.floor(i / width), i % width);
      expect(edges.length).toBeLessThanOrEqual(cellsPerFeature);
      expect(values[i]!).toBeLessThanOrEqual(edges[bin]!);
      if (bin > 0) expect(values[i]!).toBeGreaterThan(edges[bin - 1]!);
    }
  });

  it("sums derivatives per bin for the chosen features only, and subtracts histograms", () => {
    const { kernel, bins, derivatives, order, chosen, histograms } = memory;
    const picked = Uint32Array.from({ length: 311 }, () => random.below(rows));
    order.set(picked);
    chosen.set([0, 2, 4]);
    const plain = new Float64Array(width * cellsPerFeature * 2);
    for (const row of picked) {
      for (const f of [0, 2, 4]) {
        const cell = (f * cellsPerFeature + binOf(row, f)) * 2;
        plain[cell]! += derivatives[2 * row]!;
        plain[cell + 1]! += derivatives[2 * row + 1]!;
      }
    }
    const [all, less] = histograms as [Float64Array, Float64Array];
    const count = (into: Float64Array, size: number) =>
      kernel.countRows(
        bins.byteOffset,
        rows,
        width,
        derivatives.byteOffset,
        order.byteOffset,
        size,
        chosen.byteOffset,
        3,
        into.byteOffset,
      );
    count(all, picked.length);
    expect(Array.from(all)).toEqual(Array.from(plain));
    count(less, 100);
    const rest = all.map((sum, i) => sum - less[i]!);
    kernel.subtract(all.byteOffset, less.byteOffset, chosen.byteOffset, 3);
    expect(Array.from(all)).toEqual(Array.from(rest));
  });

  it("computes the derivatives of the softmax loss like plain code", () => {
    const offsets = [0, 1, 4, 60];
    const sizes = { rows: 60, width: 1, queries: 3 };
    const own = boostMemory(sizes, 2);
    own.offsets.set(offsets);
    for (let r = 0; r < sizes.rows; r++) {
      own.weights[r] = 1 + random.below(4);
      own.relevance[r] = random.below(3) / 2;
      own.scores[r] = 40 * random.next() - 20;
    }
    // What lies so far below that nothing is left of it.
    own.scores[5] = -900;
    own.kernel.derive(
      sizes.queries,
      own.offsets.byteOffset,
      own.weights.byteOffset,
      own.relevance.byteOffset,
      own.scores.byteOffset,
      own.derivatives.byteOffset,
      own.losses.byteOffset,
    );
    for (let q = 0; q < sizes.queries; q++) {
      const within = Array.from({ length: offsets[q + 1]! - offsets[q]! }, (_, i) => offsets[q]! + i);
      const sum = (of: (row: number) => number) => within.reduce((all, row) => all + of(row), 0);
      const shares = sum((row) => own.weights[row]! * Math.exp(own.scores[row]!));
      const relevant = sum((row) => own.relevance[row]!);
      const [total, factor, rest] = own.losses.subarray(3 * q, 3 * q + 3);
      expect(factor! * Math.log(total!) + rest!).toBeCloseTo(
        sum((row) => own.relevance[row]! * (Math.log(shares) - own.scores[row]!)),
        9,
      );
      for (const row of within) {
        const p = (own.weights[row]! * Math.exp(own.scores[row]!)) / shares;
        expect(own.derivatives[2 * row]).toBeCloseTo(relevant * p - own.relevance[row]!, 5);
        expect(own.derivatives[2 * row + 1]).toBeCloseTo(Math.max(relevant * p * (1 - p), 1e-7), 5);
      }
    }
  });

  it("moves rows of low bins to the front, keeping the order on both sides", () => {
    const { kernel, bins, order, scratch } = memory;
    const before = Array.from({ length: rows }, (_, i) => i);
    order.set(before);
    const low = (row: number) => binOf(row, 3) <= 20;
    const left = kernel.partition(
      bins.byteOffset,
      rows,
      width,
      3,
      20,
      order.byteOffset,
      rows,
      scratch.byteOffset,
    );
    expect(left).toBe(before.filter(low).length);
    expect(Array.from(order.subarray(0, rows))).toEqual([
      ...before.filter(low),
      ...before.filter((row) => !low(row)),
    ]);
  });
});
