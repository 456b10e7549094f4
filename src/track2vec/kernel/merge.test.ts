/** The deterministic mode's rounds of shards, number by number beside the same rounds in plain loops over doubles. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { atOnce } from "../../system/index.js";
import { resolveOptions } from "../options/options.js";
import { Work } from "../threads/work.js";
import { groupedCorpus } from "../training/train.testkit.js";
import { vocabularySteps } from "../vocabulary/vocabulary.js";
import { type Reference, referenceChunk, referenceOf } from "./reference.testkit.js";
import { Session } from "./session.js";

const kinds = ["inputs", "outputs", "nodes"] as const;
type Row = Float64Array;

/** Rows that are copied when they are first looked at, and which those are. */
function copying(rows: readonly Row[]): { rows: Row[]; copies: Map<number, Row> } {
  const copies = new Map<number, Row>();
  const proxy = new Proxy([...rows], {
    get(target, key) {
      const number = typeof key === "string" ? Number(key) : Number.NaN;
      if (!Number.isInteger(number)) return Reflect.get(target, key);
      if (!copies.has(number)) copies.set(number, rows[number]!.slice());
      return copies.get(number);
    },
  });
  return { rows: proxy, copies };
}

/** Every chunk of a round starts from the same matrices; then all changes are added up. */
function referenceRound(
  reference: Reference,
  session: Session,
  epoch: number,
  from: number,
  to: number,
): void {
  const changes = Array.from({ length: to - from }, (_, s) => {
    const own = {
      inputs: copying(reference.inputs),
      outputs: copying(reference.outputs),
      nodes: copying(reference.nodes),
    };
    const { inputs, outputs, nodes } = own;
    const shard = { inputs: inputs.rows, outputs: outputs.rows, nodes: nodes.rows, loss: 0, pairs: 0 };
    referenceChunk(shard, session, epoch, from + s);
    reference.loss += shard.loss;
    reference.pairs += shard.pairs;
    return kinds.flatMap((kind) =>
      Array.from(own[kind].copies, ([r, row]) => {
        const base = reference[kind][r]!;
        return [base, row.map((x, d) => x - base[d]!)] as const;
      }),
    );
  });
  for (const [row, change] of changes.flat()) for (const [d, x] of change.entries()) row[d]! += x;
}

const corpus = groupedCorpus({ groups: 60, tracksPerGroup: 50, playlists: 350, length: 14 });

it("merges shards like the reference, for both architectures and both losses", async () => {
  const shape = fc.record({
    sg: fc.boolean(),
    loss: fc.constantFrom("negative", "hs", "both"),
    cbowMean: fc.boolean(),
    // Rows that do not fill whole vectors of four, and windows longer than a playlist.
    vectorSize: fc.constantFrom(1, 3, 8, 10, 13),
    window: fc.constantFrom(1, 5, 40),
    nsExponent: fc.constantFrom(0.75, 0, -0.5),
    sample: fc.constantFrom(0, 1e-3),
    seed: fc.nat(1e6),
  });
  await fc.assert(
    fc.asyncProperty(shape, async ({ loss, ...rest }) => {
      const options = resolveOptions({
        ...rest,
        ...{ hs: loss !== "negative", negative: loss === "hs" ? 0 : 5 },
        // At a higher rate a tree with wide windows has one shard.
        ...{ minCount: 1, epochs: 2, alpha: 0.01 },
      });
      const vocabulary = atOnce(vocabularySteps(corpus, options));
      const session = await Session.open(corpus, vocabulary, options, { firstEpoch: 0, shared: true });
      const reference = referenceOf(session);
      const threads = Array.from({ length: session.job.threads }, (_, t) => new Work(session.job, t));
      const { kernel, shards } = threads[0]!;
      const { chunkCount } = session.job;
      expect(shards).toBeGreaterThan(1);
      for (let epoch = 0; epoch < 2; epoch++) {
        for (let from = 0; from < chunkCount; from += shards) {
          const to = Math.min(from + shards, chunkCount);
          for (let shard = 0; shard < to - from; shard++) kernel.planShard(epoch, from, shard);
          kernel.openRound(from);
          for (let shard = 0; shard < to - from; shard++) kernel.trainShard(epoch, from, shard);
          for (const thread of threads) thread.kernel.mergeRound(from);
          kernel.clearRound(from);
          referenceRound(reference, session, epoch, from, to);
        }
      }
      const weights = session.weights();
      for (const kind of kinds) {
        const flat = reference[kind].flatMap((row) => [...row]);
        expect(weights[kind]?.length ?? 0).toBe(flat.length);
        // 32-bit floats keep about seven digits, of which a few hundred sums take one.
        const far = flat.findIndex(
          (x, i) => Math.abs(x - weights[kind]![i]!) > 2e-5 * Math.max(1, Math.abs(x)),
        );
        expect(far, `${kind}: ${flat[far]} and ${weights[kind]?.[far]}`).toBe(-1);
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 240_000);

it.each([
  { sg: true, hs: false, negative: 5 },
  { sg: true, hs: true, negative: 0 },
  { sg: false, hs: false, negative: 5 },
  { sg: false, hs: true, negative: 0 },
])(
  "a whole training with threads gives the same as the reference: %o",
  async (kind) => {
    const { trainTrack2Vec } = await import("../training/train.js");
    const options = { ...kind, vectorSize: 10, window: 5, minCount: 1, epochs: 2, alpha: 0.05, seed: 3 };
    const resolved = resolveOptions(options);
    const vocabulary = atOnce(vocabularySteps(corpus, resolved));
    const session = await Session.open(corpus, vocabulary, resolved, { firstEpoch: 0, shared: true });
    const reference = referenceOf(session);
    const { shards } = new Work(session.job, 0);
    const { chunkCount } = session.job;
    expect(shards).toBeGreaterThan(1);
    const losses: number[] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      reference.loss = 0;
      reference.pairs = 0;
      for (let from = 0; from < chunkCount; from += shards) {
        referenceRound(reference, session, epoch, from, Math.min(from + shards, chunkCount));
      }
      losses.push(reference.loss / reference.pairs);
    }
    const { vectors, lossPerEpoch } = await trainTrack2Vec(corpus, { ...options, threads: 2 });
    const flat = reference.inputs.flatMap((row) => [...row]);
    let off = 0;
    for (const [i, x] of flat.entries()) off = Math.max(off, Math.abs(x - vectors.vectors[i]!));
    expect(off).toBeLessThan(1e-5);
    for (const [epoch, loss] of losses.entries()) expect(lossPerEpoch[epoch]).toBeCloseTo(loss, 4);
  },
  240_000,
);

it("reports epochs in order, however short and whichever thread ends them", async () => {
  const { trainTrack2Vec } = await import("../training/train.js");
  const options = { vectorSize: 2, window: 1, negative: 1, minCount: 1, epochs: 400, seed: 3 };
  const [one, two] = [
    await trainTrack2Vec(corpus, { ...options, threads: 1 }),
    await trainTrack2Vec(corpus, { ...options, threads: 2 }),
  ];
  expect(two.lossPerEpoch).toEqual(one.lossPerEpoch);
}, 120_000);
