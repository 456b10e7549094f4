import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Corpus } from "../../corpus/index.js";
import { atOnce, Random } from "../../system/index.js";
import { resolveOptions, type Word2VecOptions } from "../options/options.js";
import { Work } from "../threads/work.js";
import { groupedCorpus, inRuns } from "../training/train.testkit.js";
import { aliasTableSteps } from "../vocabulary/alias-table.js";
import { huffmanSteps } from "../vocabulary/huffman.js";
import { vocabularySteps } from "../vocabulary/vocabulary.js";
import {
  cbowLoss,
  cbowStep,
  type Example,
  referenceChunk,
  referenceOf,
  skipGramLoss,
  skipGramStep,
} from "./reference.testkit.js";
import { Session } from "./session.js";

function randomExample(seed: number, inputs: number, outputs: number, size: number): Example {
  const random = new Random(seed);
  const row = () => Float64Array.from({ length: size }, () => random.normal());
  return {
    inputs: Array.from({ length: inputs }, row),
    outputs: Array.from({ length: outputs }, row),
    labels: Array.from({ length: outputs }, (_, m) => (m === 0 ? 1 : 0)),
  };
}

/** -∂loss/∂row[d], by central differences. */
function slope(row: Float64Array, d: number, loss: () => number): number {
  const before = row[d]!;
  row[d] = before + 1e-5;
  const above = loss();
  row[d] = before - 1e-5;
  const below = loss();
  row[d] = before;
  return (below - above) / 2e-5;
}

const shape = fc.record({
  seed: fc.nat(1e6),
  inputs: fc.integer({ min: 1, max: 6 }),
  outputs: fc.integer({ min: 1, max: 7 }),
  size: fc.integer({ min: 1, max: 9 }),
});

describe("the reference", () => {
  it("follows the numerical gradient: skip-gram", () => {
    fc.assert(
      fc.property(shape, ({ seed, inputs, outputs, size }) => {
        const example = randomExample(seed, inputs, outputs, size);
        const step = skipGramStep(example, 1);
        const loss = () => skipGramLoss(example);
        for (const kind of ["inputs", "outputs"] as const) {
          example[kind].forEach((row, r) => {
            for (let d = 0; d < size; d++) expect(step[kind][r]![d]).toBeCloseTo(slope(row, d, loss), 5);
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  it("follows the numerical gradient: CBOW", () => {
    fc.assert(
      fc.property(shape, fc.boolean(), ({ seed, inputs, outputs, size }, useMean) => {
        const example = randomExample(seed, inputs, outputs, size);
        const step = cbowStep(example, 1, useMean);
        const loss = () => cbowLoss(example, useMean);
        example.outputs.forEach((row, r) => {
          for (let d = 0; d < size; d++) expect(step.outputs[r]![d]).toBeCloseTo(slope(row, d, loss), 5);
        });
        // word2vec's step on the inputs is `inputs` times the gradient of a mean, and a share of that of a sum.
        const factor = useMean ? inputs : 1 / inputs;
        example.inputs.forEach((row, r) => {
          for (let d = 0; d < size; d++) {
            expect(step.inputs[r]![d]).toBeCloseTo(factor * slope(row, d, loss), 5);
          }
        });
      }),
      { numRuns: 30 },
    );
  });
});

const few = groupedCorpus({ groups: 4, tracksPerGroup: 15, playlists: 60, length: 14 });
/** So many tracks that centres are trained in groups. */
const many = groupedCorpus({ groups: 4, tracksPerGroup: 600, playlists: 56, length: 30 });
const runs = inRuns({ playlists: 120 });

async function open(options: Partial<Word2VecOptions>, shared = true, corpus = few): Promise<Session> {
  const resolved = resolveOptions({ minCount: 1, alpha: 0.1, epochs: 3, ...options });
  return Session.open(corpus, atOnce(vocabularySteps(corpus, resolved)), resolved, { firstEpoch: 0, shared });
}

/** Trains an epoch or two beside the reference and compares losses and matrices. */
async function expectReference(
  options: Partial<Word2VecOptions>,
  {
    shared = true,
    small = true,
    corpus = small ? few : many,
  }: { shared?: boolean; small?: boolean; corpus?: Corpus },
): Promise<void> {
  const alpha = small ? 0.05 : 0.02;
  const session = await open({ ...options, workers: "racy", alpha }, shared, corpus);
  expect(session.job.layout.group).toBe(small || options.hs ? 1 : 8);
  const reference = referenceOf(session);
  const work = new Work(session.job, 0);
  for (let epoch = 0; epoch < (small ? 2 : 1); epoch++) {
    reference.loss = 0;
    reference.pairs = 0;
    for (let chunk = 0; chunk < session.job.chunkCount; chunk++) {
      work.kernel.runChunk(epoch, chunk);
      referenceChunk(reference, session, epoch, chunk);
    }
    const totals = work.totals(epoch);
    expect(totals.pairs).toBe(reference.pairs);
    const scale = Math.max(1, reference.loss / reference.pairs);
    expect(Math.abs(totals.loss - reference.loss) / reference.pairs / scale).toBeLessThan(2e-3);
  }
  const weights = session.weights();
  for (const kind of ["inputs", "outputs", "nodes"] as const) {
    const flat = reference[kind].flatMap((row) => [...row]);
    const off = flat.reduce((most, x, i) => Math.max(most, Math.abs(x - weights[kind]![i]!)), 0);
    const largest = flat.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(off, `${kind}, largest ${largest}`).toBeLessThanOrEqual(1e-3 * largest + 1e-6);
  }
}

describe("the kernel", () => {
  it("gives the same as the reference for any options", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          sg: fc.boolean(),
          hs: fc.boolean(),
          cbowMean: fc.boolean(),
          shrinkWindows: fc.boolean(),
          vectorSize: fc.integer({ min: 1, max: 70 }),
          window: fc.integer({ min: 1, max: 20 }),
          negative: fc.integer({ min: 0, max: 12 }),
          nsExponent: fc.double({ min: -1, max: 1.5, noNaN: true }),
          sample: fc.constantFrom(0, 1e-2, 5e-3),
          seed: fc.nat(1e6),
        }),
        fc.boolean(),
        fc.boolean(),
        async (options, shared, small) => {
          fc.pre(options.hs || options.negative > 0);
          await expectReference(options, { shared, small });
        },
      ),
      { numRuns: 12, endOnFailure: true },
    );
  }, 240_000);

  // Quads of negatives that are full or not, few and many; windows of more than one block of inputs; one dimension, and whole tiles.
  it.each([
    { sg: true, negative: 5, vectorSize: 48, window: 10, small: false },
    { sg: true, negative: 1, vectorSize: 1, window: 3, small: false },
    { sg: true, negative: 3, vectorSize: 8, window: 20, small: false },
    { sg: true, negative: 2, vectorSize: 8, window: 2, small: false },
    { sg: true, negative: 150, vectorSize: 16, window: 5, small: true },
    { sg: false, negative: 170, vectorSize: 5, window: 2, small: false },
    { sg: true, hs: true, negative: 5, vectorSize: 20, window: 40, small: true, shrinkWindows: false },
    { sg: false, hs: true, negative: 5, vectorSize: 33, window: 40, small: true, cbowMean: false },
  ])(
    "gives the same as the reference: %o",
    async ({ small, ...options }) => {
      await expectReference({ seed: 7, sample: 0, ...options }, { small });
    },
    240_000,
  );

  // Inputs meet outputs halfway with few negatives only.
  it.each([5, 20])(
    "gives the same as the reference where tracks play several times in a row: %i",
    async (negative) => {
      const options = { sg: true, negative, seed: 7, sample: 0, vectorSize: 8, window: 5 };
      await expectReference(options, { small: false, corpus: runs });
    },
    240_000,
  );

  it("begins with uniform numbers in [-1, 1) / size, which depend on the row and the seed alone", async () => {
    const begin = async (seed: number, vectorSize: number, corpus = few) => {
      const { inputs, outputs } = (await open({ seed, vectorSize, negative: 1 }, true, corpus)).weights();
      expect(outputs?.every((x) => x === 0)).toBe(true);
      return inputs;
    };
    const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
    for (const size of [1, 9, 48]) {
      const rows = [...(await begin(7, size, many))].map((x) => x * size);
      expect(rows.every((x) => x >= -1 && x < 1)).toBe(true);
      // As many in each eighth of the range, whether at an even or an odd place of their row.
      for (const parity of size === 1 ? [0] : [0, 1]) {
        const some = rows.filter((_, i) => (i % size) % 2 === parity);
        for (let eighth = -4; eighth < 4; eighth++) {
          const share = mean(some.map((x) => Number(Math.floor(4 * x) === eighth)));
          expect(Math.abs(share - 1 / 8)).toBeLessThan(5 * Math.sqrt(0.11 / some.length));
        }
      }
      // Neither the next number nor the next row nor another seed says anything about a number.
      const others = [...(await begin(8, size, many))].map((x) => x * size);
      for (const other of [rows.slice(1), rows.slice(size), others]) {
        const together = mean(other.map((x, i) => x * rows[i]!));
        expect(Math.abs(together)).toBeLessThan(5 / 3 / Math.sqrt(other.length));
      }
      const fewer = await begin(7, size);
      expect(fewer.map((x) => x * size)).toEqual(Float32Array.from(rows.slice(0, fewer.length)));
    }
  });

  it.each([1, 2, 5, 10, 40])("has a context at distance d as often as window %i implies", async (window) => {
    const corpus = groupedCorpus({ groups: 4, tracksPerGroup: 600, playlists: 100, length: 200 });
    const session = await open({ sg: true, window, sample: 0, alpha: 0.025 }, true, corpus);
    const { layout, memory, chunks } = session.job;
    expect(layout.group).toBe(8);
    const work = new Work(session.job, 0);
    const within = new Float64Array(window + 1);
    let asked = 0;
    for (let chunk = 0; chunk < session.job.chunkCount; chunk++) {
      work.kernel.runChunk(0, chunk);
      const first = chunks.firsts[chunk]!;
      const start = chunks.segments[first]!;
      const windows = new Uint32Array(memory.buffer, layout.plans.first.windows);
      for (let s = first; s < chunks.firsts[chunk + 1]!; s++) {
        const [from, to] = [chunks.segments[s]! - start, chunks.segments[s + 1]! - start];
        for (let i = from + window; i < to - window; i++, asked += 2) {
          for (let d = 1; d <= window; d++) {
            within[d]! += Number(windows[2 * i]! <= i - d) + Number(windows[2 * i + 1]! > i + d);
          }
        }
      }
    }
    expect(asked).toBeGreaterThan(10_000);
    const reach = within.reduce((sum, count) => sum + count, 0) / asked;
    expect(reach).toBeCloseTo((window + 1) / 2, 0.5);
    for (let d = 1; d <= window; d++) {
      expect(Math.abs(within[d]! / asked - (window - d + 1) / window)).toBeLessThan(0.1);
    }
  });

  it("draws negatives in proportion to count^nsExponent (chi-square)", async () => {
    for (const nsExponent of [0.75, -0.5]) {
      const session = await open({ nsExponent, vectorSize: 4 });
      const work = new Work(session.job, 0);
      const { layout, memory } = session.job;
      const n = session.vocabulary.tracks.length;
      const seen = new Float64Array(n);
      let draws = 0;
      for (let epoch = 0; epoch < 60; epoch++) {
        for (let chunk = 0; chunk < session.job.chunkCount; chunk++) {
          work.kernel.runChunk(epoch, chunk);
          const drawn =
            Math.ceil(new Uint32Array(memory.buffer, layout.plans.first.keptCount, 1)[0]! / layout.sharing) *
            layout.shared;
          const negatives = new Uint32Array(memory.buffer, layout.plans.first.negatives, 2 * drawn);
          for (let d = 0; d < drawn; d++, draws++) seen[negatives[2 * d]!]!++;
        }
      }
      const weights = session.vocabulary.counts.map((count) => count ** nsExponent);
      const total = weights.reduce((sum, w) => sum + w, 0);
      const chi = seen.reduce((sum, s, i) => {
        const expected = (draws * weights[i]!) / total;
        return sum + (s - expected) ** 2 / expected;
      }, 0);
      // Mean n - 1, variance 2 (n - 1): four standard deviations.
      expect(chi).toBeLessThan(n - 1 + 4 * Math.sqrt(2 * (n - 1)));
      expect(chi).toBeGreaterThan(n - 1 - 4 * Math.sqrt(2 * (n - 1)));
    }
  });
});

describe("the alias table", () => {
  it("gives every outcome its probability", () => {
    const weights = fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), {
      minLength: 1,
      maxLength: 50,
    });
    /** The greatest difference between the share of the draws and that of the weights, each times the number of outcomes. */
    const error = (list: readonly number[]) => {
      const table = atOnce(aliasTableSteps(Float64Array.from(list)));
      const chance = new Float64Array(list.length);
      for (let i = 0; i < list.length; i++) {
        const bar = table[2 * i]! / 2 ** 32;
        chance[i]! += bar;
        chance[table[2 * i + 1]!]! += 1 - bar;
      }
      const mean = list.reduce((sum, w) => sum + w, 0) / list.length;
      return list.reduce((most, w, i) => Math.max(most, Math.abs(chance[i]! - w / mean)), 0);
    };
    fc.assert(fc.property(weights, (list) => void expect(error(list)).toBeLessThan(1e-6)));
    // In several steps.
    expect(error(Array.from({ length: 200_000 }, (_, i) => 1 / (1 + i)))).toBeLessThan(1e-3);
  });
});

describe("Huffman paths", () => {
  it("gives a prefix code of the least total length", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 2, maxLength: 60 }), (counts) => {
        const { starts, nodes, depth } = atOnce(huffmanSteps(counts));
        const codes = counts.map((_, i) => [...nodes.subarray(starts[i], starts[i + 1])]);
        expect(Math.max(...codes.map((code) => code.length))).toBe(depth);
        // Kraft's sum is 1 for a full tree, and every path starts at the root.
        expect(codes.reduce((sum, code) => sum + 2 ** -code.length, 0)).toBeCloseTo(1, 9);
        for (const code of codes) expect(code[0]! >> 1).toBe(counts.length - 2);
        const queue = [...counts].sort((a, b) => a - b);
        let least = 0;
        while (queue.length > 1) {
          const sum = queue.shift()! + queue.shift()!;
          least += sum;
          const at = queue.findIndex((c) => c >= sum);
          queue.splice(at < 0 ? queue.length : at, 0, sum);
        }
        expect(codes.reduce((sum, code, i) => sum + code.length * counts[i]!, 0)).toBe(least);
      }),
    );
  });

  it("gives 2^17 equally frequent tokens the numbers of 17 bits", () => {
    const { starts, nodes } = atOnce(huffmanSteps(new Uint32Array(2 ** 17).fill(5)));
    const codes = new Set<number>();
    for (let i = 0; i < 2 ** 17; i++) {
      const path = nodes.subarray(starts[i], starts[i + 1]);
      codes.add(path.length === 17 ? path.reduce((code, node) => 2 * code + (node & 1), 0) : -1);
    }
    expect(codes.size).toBe(2 ** 17);
    expect(codes.has(-1)).toBe(false);
  });
});
