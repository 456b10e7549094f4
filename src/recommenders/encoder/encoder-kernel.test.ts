/** The kernel beside the same arithmetic written plainly, with 64-bit floats. */
import { expect, it } from "vitest";
import { Random } from "../../system/index.js";
import { encoderMemory, parts } from "./encoder-memory.js";

const size = 16;
const batch = 64;
const drawn = 16;
const reach = 3;
const trackCount = 30;
const scale = 8;
const rate = 0.01;

const random = new Random(5);
const items = Uint32Array.from({ length: 200 }, () => random.below(trackCount));
const sessions = { trackCount, offsets: Uint32Array.of(0, items.length), items };

const rowOf = (array: Float32Array, row: number) => Array.from(array.subarray(row * size, (row + 1) * size));
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const unit = (a: readonly number[]) => a.map((value) => value / Math.sqrt(dot(a, a)));

it("updates on a batch as the equations say", () => {
  const memory = encoderMemory(sessions, { size, batch, drawn, reach }, 1);
  for (let t = 0; t < trackCount; t++)
    memory.units.set(unit(Array.from({ length: size }, () => random.normal())), t * size);
  for (let i = 0; i < reach * size; i++) memory.gates[i] = random.next();
  for (let b = 0; b < batch; b++) {
    memory.places[b] = 3 + random.below(items.length - 3);
    memory.lengths[b] = 1 + (b % reach);
  }
  for (let j = 0; j < drawn; j++) {
    memory.drawnTracks[j] = random.below(trackCount);
    memory.corrections[j] = random.next();
  }
  const units = Array.from({ length: trackCount }, (_, t) => rowOf(memory.units, t));
  const gates = Array.from({ length: reach }, (_, back) => rowOf(memory.gates, back));
  const gradients = units.map(() => new Array<number>(size).fill(0));
  const gateGradients = gates.map(() => new Array<number>(size).fill(0));
  const losses: number[] = [];
  for (let b = 0; b < batch; b++) {
    const place = memory.places[b]!;
    const context = Array.from({ length: memory.lengths[b]! }, (_, back) => items[place - 1 - back]!);
    const sum = new Array<number>(size).fill(0);
    for (const [back, track] of context.entries())
      for (let i = 0; i < size; i++) sum[i]! += units[track]![i]! * gates[back]![i]!;
    const length = Math.sqrt(dot(sum, sum));
    const code = unit(sum);
    const target = items[place]!;
    // The softmax over the right track and those drawn that are another.
    const others = [...memory.drawnTracks.keys()].filter((j) => memory.drawnTracks[j] !== target);
    const compared = [target, ...others.map((j) => memory.drawnTracks[j]!)];
    const corrections = [0, ...others.map((j) => memory.corrections[j]!)];
    const shares = compared.map((t, c) => Math.exp(scale * dot(code, units[t]!) + corrections[c]!));
    const all = shares.reduce((total, share) => total + share, 0);
    losses.push(-Math.log(shares[0]! / all));
    const slope = new Array<number>(size).fill(0);
    for (const [c, track] of compared.entries()) {
      const error = scale * (shares[c]! / all - (c === 0 ? 1 : 0));
      for (let i = 0; i < size; i++) {
        slope[i]! += error * units[track]![i]!;
        gradients[track]![i]! += error * code[i]!;
      }
    }
    const along = dot(slope, code);
    for (const [back, track] of context.entries()) {
      for (let i = 0; i < size; i++) {
        const through = (slope[i]! - along * code[i]!) / length;
        gradients[track]![i]! += through * gates[back]![i]!;
        gateGradients[back]![i]! += through * units[track]![i]!;
      }
    }
  }

  memory.setStep({ scale, rate, keep: 1, seed: 1 });
  memory.kernel.learnBatch();

  for (const [b, loss] of losses.entries())
    expect(Math.log(memory.losses[2 * b]!) - memory.losses[2 * b + 1]!).toBeCloseTo(loss, 4);
  for (let back = 0; back < reach; back++) {
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let part = 0; part < parts; part++) sum += memory.gateSums[(part * reach + back) * size + i]!;
      expect(sum).toBeCloseTo(gateGradients[back]![i]!, 3);
    }
  }
  for (const [track, gradient] of gradients.entries()) {
    const along = dot(gradient, units[track]!);
    const across = gradient.map((value, i) => value - along * units[track]![i]!);
    // The first step of Adam, not corrected: a tenth of the gradient by the root of a thousandth of its square.
    const stepped = across.map(
      (value, i) => units[track]![i]! - (rate * 0.1 * value) / (Math.sqrt(0.001 * value * value) + 1e-8),
    );
    for (const [i, value] of unit(stepped).entries())
      expect(memory.units[track * size + i]).toBeCloseTo(value, 4);
  }
  expect(memory.gradients.every((value) => value === 0)).toBe(true);
  memory.end();
});

it("drops a random share of dimensions, as set by dropout", () => {
  const memory = encoderMemory(sessions, { size, batch, drawn, reach }, 1);
  for (let t = 0; t < trackCount; t++) memory.units.fill(1 / Math.sqrt(size), t * size, (t + 1) * size);
  memory.gates.fill(1);
  memory.places.fill(reach);
  memory.lengths.fill(1);
  memory.setStep({ scale, rate: 0, keep: 0.75, seed: 9 });
  memory.kernel.learnBatch();
  const left = memory.codes.reduce((count, value) => count + (value === 0 ? 1 : 0), 0);
  // 1,024 lots of one in four: 256, with a standard deviation of 14.
  expect(Math.abs(left - 256)).toBeLessThan(60);
  memory.end();
});
