/**
 * The kernel's reference implementation, in plain loops over doubles: no tiles, no vectors, no threads. It draws the same random
 * numbers, so that the matrices can be compared value by value.
 */
import { atOnce } from "../../system/index.js";
import { aliasTableSteps } from "../vocabulary/alias-table.js";
import { type HuffmanPaths, huffmanSteps } from "../vocabulary/huffman.js";
import { keepBarsSteps, NO_ROW } from "../vocabulary/vocabulary.js";
import { seedOf } from "./kernel.js";
import type { Session } from "./session.js";

const MASK = (1n << 64n) - 1n;

export function mix(value: bigint): bigint {
  let z = value;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}

type Row = Float64Array;

export interface Example {
  readonly inputs: readonly Row[];
  readonly outputs: readonly Row[];
  readonly labels: readonly number[];
}

const dot = (a: Row, b: Row) => a.reduce((sum, x, d) => sum + x * b[d]!, 0);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const loss = (score: number, label: number) => -Math.log(label === 1 ? sigmoid(score) : sigmoid(-score));

/** The loss of a skip-gram window: every input with every output. */
export function skipGramLoss({ inputs, outputs, labels }: Example): number {
  let sum = 0;
  for (const input of inputs) {
    for (const [m, output] of outputs.entries()) sum += loss(dot(input, output), labels[m]!);
  }
  return sum;
}

/** The loss of a CBOW window: the mean (or sum) of the inputs with every output. */
export function cbowLoss({ inputs, outputs, labels }: Example, useMean: boolean): number {
  const bag = bagOf(inputs, useMean);
  return outputs.reduce((sum, output, m) => sum + loss(dot(bag, output), labels[m]!), 0);
}

function bagOf(inputs: readonly Row[], useMean: boolean): Row {
  const bag = new Float64Array(inputs[0]!.length);
  for (const input of inputs) {
    for (const [d, x] of input.entries()) bag[d]! += useMean ? x / inputs.length : x;
  }
  return bag;
}

/** One gradient descent step for `skipGramLoss`: what to add to each row. */
export function skipGramStep({ inputs, outputs, labels }: Example, alpha: number) {
  const gains = inputs.map((input) =>
    outputs.map((output, m) => (labels[m]! - sigmoid(dot(input, output))) * alpha),
  );
  return {
    inputs: inputs.map((input, w) =>
      input.map((_, d) => outputs.reduce((s, o, m) => s + gains[w]![m]! * o[d]!, 0)),
    ),
    outputs: outputs.map((output, m) =>
      output.map((_, d) => inputs.reduce((s, x, w) => s + gains[w]![m]! * x[d]!, 0)),
    ),
  };
}

/** As in word2vec: each input of a mean gets the whole error, each input of a sum its share. */
export function cbowStep({ inputs, outputs, labels }: Example, alpha: number, useMean: boolean) {
  const bag = bagOf(inputs, useMean);
  const gains = outputs.map((output, m) => (labels[m]! - sigmoid(dot(bag, output))) * alpha);
  const error = bag.map((_, d) => outputs.reduce((s, o, m) => s + gains[m]! * o[d]!, 0));
  return {
    inputs: inputs.map(() => error.map((e) => (useMean ? e : e / inputs.length))),
    outputs: outputs.map((_, m) => bag.map((h) => gains[m]! * h)),
  };
}

function add(rows: readonly Row[], steps: readonly Row[]): void {
  for (const [r, row] of rows.entries()) {
    for (let d = 0; d < row.length; d++) row[d]! += steps[r]![d]!;
  }
}

export interface Reference {
  readonly inputs: Row[];
  readonly outputs: Row[];
  readonly nodes: Row[];
  loss: number;
  pairs: number;
}

/** The matrices of a session as rows of doubles. */
export function referenceOf(session: Session): Reference {
  const { inputs, outputs, nodes } = session.weights();
  const size = session.job.options.vectorSize;
  const rows = (packed: Float32Array | undefined) =>
    Array.from({ length: (packed?.length ?? 0) / size }, (_, r) =>
      Float64Array.from(packed!.subarray(r * size, (r + 1) * size)),
    );
  return { inputs: rows(inputs), outputs: rows(outputs), nodes: rows(nodes), loss: 0, pairs: 0 };
}

/** Trains one chunk on `reference`, as the kernel does on the session's matrices. */
export function referenceChunk(reference: Reference, session: Session, epoch: number, chunk: number): void {
  const { options, items, chunks, layout } = session.job;
  const { counts, rowOf } = session.vocabulary;
  const { segments, firsts } = chunks;
  let state = mix(seedOf(options.seed, epoch, chunk));
  const next = () => mix((state = (state + 0x9e3779b97f4a7c15n) & MASK));
  const high = (r: bigint) => Number(r >> 32n);
  const low = (r: bigint) => Number(r & 0xffffffffn);
  const below = (r: number, bound: number) => Number((BigInt(r) * BigInt(bound)) >> 32n);

  const keep = atOnce(keepBarsSteps(counts, options.sample));
  const paths = atOnce(huffmanSteps(counts));
  const table = atOnce(aliasTableSteps(counts.map((count) => count ** options.nsExponent)));
  const begin = segments[firsts[chunk]!]!;
  const words = segments.at(-1)! - segments[0]!;
  const alpha =
    options.alpha - ((options.alpha - options.minAlpha) * (epoch + begin / words)) / options.epochs;
  const centres: Centre[] = [];
  for (let s = firsts[chunk]!; s < firsts[chunk + 1]!; s++) {
    const kept: number[] = [];
    for (const item of items.subarray(segments[s]!, segments[s + 1]!)) {
      const row = rowOf[item]!;
      const drawn = high(next());
      if (row !== NO_ROW && drawn <= keep[row]!) kept.push(row);
    }
    if (kept.length < 2) continue;
    const base = centres.length;
    const inQuads = options.sg && layout.group > 1 && options.shrinkWindows;
    const most = !inQuads ? 1 : ([1, 1, 2, 2][options.window] ?? 4);
    for (let from = 0; from < kept.length; ) {
      const to = Math.min(kept.length, Math.floor((base + from) / most) * most + most - base);
      let reach = options.window;
      if (options.shrinkWindows) {
        const r = next();
        reach = 1 + below(high(r), options.window);
        const member = inQuads ? below(low(r), to - from) : 0;
        reach = Math.min(options.window - (to - from) + 1, Math.max(1, reach - member));
      }
      for (let i = from; i < to; i++) {
        const context = kept.flatMap((_, j) =>
          j !== i && j >= from - reach && j < to + reach ? [base + j] : [],
        );
        centres.push({ row: kept[i]!, context });
      }
      from = to;
    }
  }
  for (let first = 0; first < centres.length; first += layout.sharing) {
    const negatives: number[] = [];
    for (let n = 0; options.negative > 0 && n < layout.shared; n++) {
      const r = next();
      const column = below(high(r), counts.length);
      negatives.push(low(r) < table[2 * column]! ? column : table[2 * column + 1]!);
    }
    // Groups that share negatives use the negatives' values from before the first of these groups.
    const rows = negatives.map((drawn) => reference.outputs[drawn]!);
    const copied = () => (layout.sharing > 1 && !layout.halfway ? rows.map((row) => row.slice()) : rows);
    let negativeRows = copied();
    for (let from = first; from < Math.min(first + layout.sharing, centres.length); from += layout.group) {
      const members = centres.slice(from, from + layout.group);
      const oneByOne = options.sg && members.length === 8 && pairsOfOne(members) > 9;
      for (const part of oneByOne ? members.map((member) => [member]) : [members]) {
        if (part.length === 1) negativeRows = copied();
        trainGroup(
          reference,
          session,
          { all: centres, members: part, negatives, negativeRows, alpha },
          paths,
        );
      }
    }
  }
}

interface Centre {
  readonly row: number;
  /** Positions in the chunk. */
  readonly context: readonly number[];
}

/** How many pairs are one track. */
const pairsOfOne = (plays: readonly Centre[]) =>
  plays.reduce((sum, { row }, i) => sum + plays.slice(i + 1).filter((other) => other.row === row).length, 0);

interface Group {
  readonly all: readonly Centre[];
  readonly members: readonly Centre[];
  readonly negatives: readonly number[];
  /** The rows at which gradients are taken. */
  readonly negativeRows: readonly Row[];
  readonly alpha: number;
}

/** Takes all gradients at the weights before the group; but a block of 32 inputs sees the changes of the blocks before it. */
function trainGroup(
  reference: Reference,
  session: Session,
  { all, members, negatives, negativeRows, alpha }: Group,
  paths: HuffmanPaths,
): void {
  const { options, layout } = session.job;
  const share = options.negative / layout.shared;
  const { inputs, outputs, nodes } = reference;
  const labelsOf = ({ row }: Centre) =>
    [...paths.nodes.subarray(paths.starts[row]!, paths.starts[row + 1]!)].map(
      (entry) => [nodes[entry >> 1]!, 1 - (entry & 1)] as const,
    );
  const steps: [Row, Row][] = [];
  const plan = (rows: readonly Row[], gains: readonly Row[], weight = 1) => {
    for (const [r, row] of rows.entries()) steps.push([row, gains[r]!.map((gain) => gain * weight)]);
  };
  const apply = () => {
    for (const [row, gain] of steps.splice(0)) add([row], [gain]);
  };
  /** Trains inputs (skip-gram's pairs, or CBOW's bag) on outputs of one label, weighted. */
  const train = (
    frozen: readonly Row[],
    rows: readonly Row[],
    learnt: readonly Row[],
    label: number,
    weight: number,
    learntFrozen = learnt,
  ) => {
    const example = { inputs: frozen, outputs: learntFrozen, labels: learnt.map(() => label) };
    const step = options.sg ? skipGramStep(example, alpha) : cbowStep(example, alpha, options.cbowMean);
    plan(rows, step.inputs, weight);
    plan(learnt, step.outputs, weight);
    reference.loss += weight * (options.sg ? skipGramLoss(example) : cbowLoss(example, options.cbowMean));
  };
  const positions = members.flatMap(({ context }) => context);
  const from = Math.min(...positions, ...members.map((centre) => all.indexOf(centre)));
  const to = Math.max(...positions, ...members.map((centre) => all.indexOf(centre))) + 1;
  const block = options.sg ? 32 : to - from;
  for (let start = from; start < to; start += block) {
    if (layout.halfway && pairsOfOne(all.slice(start, Math.min(start + block, to))) <= 4) {
      halfwayBlock(reference, { all, members, negatives, alpha }, start, start + block, share);
      continue;
    }
    const before = new Map<Row, Row>();
    const frozen = (row: Row) => {
      if (!before.has(row)) before.set(row, row.slice());
      return before.get(row)!;
    };
    const contextOf = ({ context }: Centre) =>
      context.filter((p) => p >= start && p < start + block).map((p) => inputs[all[p]!.row]!);
    for (const row of members.flatMap(contextOf)) frozen(row);
    for (const centre of options.negative > 0 ? members : []) {
      const rows = contextOf(centre);
      if (rows.length === 0) continue;
      const copies = rows.map(frozen);
      train(copies, rows, [outputs[centre.row]!], 1, 1);
      const others = negatives.flatMap((drawn, n) => (drawn === centre.row ? [] : [n]));
      const learnt = others.map((n) => outputs[negatives[n]!]!);
      train(
        copies,
        rows,
        learnt,
        0,
        share,
        others.map((n) => negativeRows[n]!),
      );
    }
    apply();
    for (const centre of options.hs ? members : []) {
      const rows = contextOf(centre);
      if (rows.length === 0) continue;
      for (const [node, label] of labelsOf(centre)) train(rows.map(frozen), rows, [node], label, 1);
      // Nodes are updated after each centre, inputs after the block.
      const later = steps.filter(([row]) => before.has(row));
      for (const [row, gain] of steps) if (!before.has(row)) add([row], [gain]);
      steps.splice(0, steps.length, ...later);
    }
    apply();
  }
  reference.pairs += options.sg ? positions.length : members.length;
}

/**
 * A skip-gram block whose inputs meet the outputs halfway: they are updated from the mean of the outputs before and after their own
 * update, less each input's own contribution to it.
 */
function halfwayBlock(
  reference: Reference,
  { all, members, negatives, alpha }: Omit<Group, "negativeRows">,
  start: number,
  end: number,
  share: number,
): void {
  const { inputs, outputs } = reference;
  const slots = [
    ...members.map((centre) => ({
      row: outputs[centre.row]!,
      label: 1,
      weight: (p: number) => Number(centre.context.includes(p)),
    })),
    ...negatives.map((drawn) => ({
      row: outputs[drawn]!,
      label: 0,
      weight: (p: number) =>
        share * members.filter(({ row, context }) => row !== drawn && context.includes(p)).length,
    })),
  ];
  const before = slots.map(({ row }) => row.slice());
  const positions = all.flatMap((_, p) =>
    p >= start && p < end && members.some(({ context }) => context.includes(p)) ? [p] : [],
  );
  const learning = positions.map((p) => {
    const row = inputs[all[p]!.row]!;
    const gains = slots.map(({ label, weight }, m) => {
      const score = dot(row, before[m]!);
      reference.loss += weight(p) * loss(score, label);
      return weight(p) * alpha * (label - sigmoid(score));
    });
    return { p, row, gains, frozen: row.slice() };
  });
  for (const [m, { row }] of slots.entries()) {
    for (const { gains, frozen } of learning) add([row], [frozen.map((x) => gains[m]! * x)]);
  }
  // In pairs, as in the kernel: a track may occur twice.
  for (let from = start; from < end; from += 2) {
    const two = learning.filter(({ p }) => p >= from && p < from + 2);
    for (const { row, gains } of two) {
      const own = gains.reduce((squares, gain) => squares + gain * gain, 0) / 2;
      add([row], [row.map((x) => -own * x)]);
    }
    for (const { row, gains } of two) {
      const felt = (m: number, d: number) => (before[m]![d]! + slots[m]!.row[d]!) / 2;
      add([row], [row.map((_, d) => gains.reduce((s, gain, m) => s + gain * felt(m, d), 0))]);
    }
  }
}
