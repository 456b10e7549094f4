/**
 * The first guess: a weighted sum of shares of evidence and their square roots, fitted by softmax regression. It selects the
 * candidates and is the starting point for boosting.
 */
import type { RankingData } from "../trees/ranking-data.js";

export interface MeritFit {
  /** The features to use, along with their square roots. */
  readonly inputs: readonly number[];
  readonly passes: number;
}

/** Returns the weights of `inputs`, then of their square roots. Adagrad over queries; deterministic. */
export function fitMerit(data: RankingData, { inputs, passes }: MeritFit): Float64Array {
  const { width, values, offsets, relevance, weights } = data;
  const size = inputs.length;
  const result = new Float64Array(2 * size).fill(1 / size);
  const squares = new Float64Array(2 * size).fill(1e-2);
  const gradient = new Float64Array(2 * size);
  let scores = new Float64Array(256);
  for (let pass = 0; pass < passes; pass++) {
    const rate = 0.3 / (1 + pass);
    for (let q = 0; q < offsets.length - 1; q++) {
      const start = offsets[q]!;
      const count = offsets[q + 1]! - start;
      if (count > scores.length) scores = new Float64Array(2 * count);
      let highest = Number.NEGATIVE_INFINITY;
      for (let r = 0; r < count; r++) {
        const base = (start + r) * width;
        let score = 0;
        for (let i = 0; i < size; i++) {
          const value = values[base + inputs[i]!]!;
          score += result[i]! * value + result[size + i]! * Math.sqrt(value);
        }
        scores[r] = score;
        if (score > highest) highest = score;
      }
      let sum = 0;
      let relevant = 0;
      for (let r = 0; r < count; r++) relevant += relevance[start + r]!;
      for (let r = 0; r < count; r++) sum += scores[r] = weights[start + r]! * Math.exp(scores[r]! - highest);
      gradient.fill(0);
      for (let r = 0; r < count; r++) {
        const error = (relevant * scores[r]!) / sum - relevance[start + r]!;
        if (Math.abs(error) < 1e-6) continue;
        const base = (start + r) * width;
        for (let i = 0; i < size; i++) {
          const value = values[base + inputs[i]!]!;
          gradient[i]! += error * value;
          gradient[size + i]! += error * Math.sqrt(value);
        }
      }
      for (let i = 0; i < 2 * size; i++) {
        squares[i]! += gradient[i]! ** 2;
        result[i]! -= (rate * (gradient[i]! + 1e-4 * result[i]!)) / Math.sqrt(squares[i]!);
      }
    }
  }
  return result;
}
