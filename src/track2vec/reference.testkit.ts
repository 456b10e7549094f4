/**
 * What the kernel should do, in plain loops over doubles: no tiles, no vectors, no threads. It draws the same random numbers, so
 * that its matrices can be compared number by number.
 */
import { aliasTable } from "./alias-table.js";
import { huffmanPaths } from "./huffman.js";
import { seedOf } from "./kernel.js";
import type { Session } from "./session.js";
import { keepBars, NO_ROW } from "./vocabulary.js";

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

/** One step down the gradient of `skipGramLoss`: what is to be added to each row. */
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

/** As word2vec has it: the whole error goes back to each input of a mean, its share to each input of a sum. */
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

/** Trains one chunk on `reference` as the kernel does on the session's matrices. */
export function referenceChunk(reference: Reference, session: Session, epoch: number, chunk: number): void {
  const { options, items, chunks, layout } = session.job;
  const { counts, rowOf } = session.vocabulary;
  const { segments, firsts } = chunks;
  let state = mix(seedOf(options.seed, epoch, chunk));
  const next = () => mix((state = (state + 0x9e3779b97f4a7c15n) & MASK));
  const high = (r: bigint) => Number(r >> 32n);
  const low = (r: bigint) => Number(r & 0xffffffffn);
  const below = (r: number, bound: number) => Number((BigInt(r) * BigInt(bound)) >> 32n);

  const keep = keepBars(counts, options.sample);
  const paths = huffmanPaths(counts);
  const table = aliasTable(counts.map((count) => count ** options.nsExponent));
  const pool: number[] = [];
  for (let n = 0; options.negative > 0 && n < layout.pool; n++) {
    const r = next();
    const column = below(high(r), counts.length);
    pool.push(low(r) < table[2 * column]! ? column : table[2 * column + 1]!);
  }
  const begin = segments[firsts[chunk]!]!;
  const words = segments.at(-1)! - segments[0]!;
  const alpha =
    options.alpha - ((options.alpha - options.minAlpha) * (epoch + begin / words)) / options.epochs;
  const planned: { inputs: number[]; outputs: Row[]; labels: number[] }[] = [];
  for (let s = firsts[chunk]!; s < firsts[chunk + 1]!; s++) {
    const kept: number[] = [];
    for (const item of items.subarray(segments[s]!, segments[s + 1]!)) {
      const row = rowOf[item]!;
      if (row === NO_ROW) continue;
      if (keep[row] !== NO_ROW && high(next()) > keep[row]!) continue;
      kept.push(row);
    }
    if (kept.length < 2) continue;
    kept.forEach((centre, i) => {
      const reach = options.shrinkWindows ? 1 + below(high(next()), options.window) : options.window;
      const outputs: Row[] = [];
      const labels: number[] = [];
      if (options.hs) {
        for (const entry of paths.nodes.subarray(paths.starts[centre]!, paths.starts[centre + 1]!)) {
          outputs.push(reference.nodes[entry >> 1]!);
          labels.push(1 - (entry & 1));
        }
      }
      if (options.negative > 0) {
        outputs.push(reference.outputs[centre]!);
        labels.push(1);
        let r = 0n;
        for (let n = 0; n < options.negative; n++) {
          if (n % 2 === 0) r = next();
          const drawn = pool[below(n % 2 === 0 ? low(r) : high(r), pool.length)]!;
          if (drawn === centre) continue;
          outputs.push(reference.outputs[drawn]!);
          labels.push(0);
        }
      }
      const inputs = kept.filter((_, j) => j !== i && Math.abs(j - i) <= reach);
      planned.push({ inputs, outputs, labels });
    });
  }
  for (const { inputs, outputs, labels } of planned) {
    const rows = inputs.map((row) => reference.inputs[row]!);
    if (options.sg) {
      reference.pairs += rows.length;
      for (let from = 0; from < rows.length; from += 32) {
        const example = { inputs: rows.slice(from, from + 32), outputs, labels };
        reference.loss += skipGramLoss(example);
        const step = skipGramStep(example, alpha);
        add(example.inputs, step.inputs);
        add(outputs, step.outputs);
      }
    } else {
      const example = { inputs: rows, outputs, labels };
      reference.pairs += 1;
      reference.loss += cbowLoss(example, options.cbowMean);
      const step = cbowStep(example, alpha, options.cbowMean);
      add(rows, step.inputs);
      add(outputs, step.outputs);
    }
  }
}
