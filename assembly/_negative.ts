/** A block with negative sampling. */
import {
  centres,
  clearGradients,
  drawn,
  first,
  fromOf,
  inputs,
  openRanges,
  PAIRS,
  padOutput,
  putOutput,
  scores,
  selfOf,
  setCentres,
  toOf,
  updateInputs,
  updateOutputs,
} from "./_block";
import { labelled, lanesOf, maskOf, negativeGradients } from "./_gradients";
import { gradients, kept, negative, outputAt, outRow, ranges, STRIDE, shared, weights, y } from "./_settings";

/** Products of an input with a negative, since the chunk began: each costs three rows of multiply-adds. */
let products: u32 = 0;

export function openCount(): void {
  products = 0;
}

export function countedProducts(): u32 {
  return products;
}

/** Whether a negative may be one of the centres: then it is left out where it is, as gensim does. */
// @ts-ignore: decorator
@inline
function anyCentreDrawn(): bool {
  const tracks = kept + (<usize>first << 2);
  const a = v128.load(tracks);
  const b = v128.load(tracks, 16);
  let same = i32x4.splat(0);
  for (let n: u32 = 0; n < shared; n++) {
    const track = v128.load_splat<u32>(drawn + (<usize>n << 3));
    same = v128.or(same, v128.or(i32x4.eq(a, track), i32x4.eq(b, track)));
  }
  return v128.any_true(same);
}

/**
 * One block with negative sampling: inputs are the rows at `from`, and centre c has to do with `windowFrom(c)` … (skip-gram) or with
 * input c alone (CBOW).
 */
export function sampleNegatives(from: usize, bag: bool, alpha: f32): void {
  const centrePairs = (centres + 1) >> 1;
  const front = (centrePairs + 1) >> 1;
  const back = front + (shared >> 1);
  const pairs = centrePairs + (shared >> 1);
  const tiles = (inputs + 3) >> 2;
  products += inputs * shared;
  for (let c: u32 = 0; c < centres; c++) {
    const m = c < 2 * front ? c : c + shared;
    putOutput(m, <usize>load<u32>(outputAt + (<usize>(first + c) << 2)));
  }
  if ((centres & 1) != 0) padOutput(centres < 2 * front ? centres : centres + shared);
  for (let n: u32 = 0; n < shared; n++) putOutput(2 * front + n, <usize>load<u32>(drawn + (<usize>n << 3), 4));

  openRanges(front, back);
  for (let p: u32 = 0; p < pairs; p++) {
    if (p >= front && p < back) {
      store<u32>(ranges + (<usize>p << 3), 0, PAIRS);
      store<u32>(ranges + (<usize>p << 3), inputs, PAIRS + 4);
      continue;
    }
    const c = 2 * (p < front ? p : p - (shared >> 1));
    setCentres(p, c, bag);
  }
  clearGradients(0, 2 * front);
  clearGradients(2 * back, 2 * pairs);
  scores(pairs, from);

  for (let t: u32 = 0; t < tiles; t++) v128.store(weights + (<usize>t << 4), i32x4.splat(0));
  for (let p: u32 = 0; p < pairs; p++) {
    if (p == front) p = back;
    if (p >= pairs) break;
    const range = ranges + (<usize>p << 3);
    const tilesFrom = load<u32>(range, PAIRS) >> 2;
    const tilesTo = (load<u32>(range, PAIRS + 4) + 3) >> 2;
    for (let k: u32 = 0; k < 2; k++) {
      const m: u32 = 2 * p + k;
      const c: u32 = p < front ? m : m - shared;
      const g = gradients + <usize>m * STRIDE;
      if (c >= centres) {
        for (let t = tilesFrom; t < tilesTo; t++) v128.store(g + (<usize>t << 4), i32x4.splat(0));
      } else labelled(g, tilesFrom, tilesTo, fromOf(c, bag), toOf(c, bag), selfOf(c, bag), 1, alpha, weights);
    }
  }
  const ratio = f32x4.splat(<f32>negative / <f32>shared);
  const g = gradients + <usize>(2 * front) * STRIDE;
  if (anyCentreDrawn()) eachNegative(g, tiles, ratio, bag, alpha);
  else {
    for (let t: u32 = 0; t < tiles; t++) {
      const w = weights + (<usize>t << 4);
      v128.store(w, f32x4.mul(f32x4.convert_i32x4_s(v128.load(w)), ratio));
    }
    negativeGradients(g, shared, tiles, weights, alpha);
  }
  updateInputs(y);
  updateOutputs(pairs, outRow, from);
}

/** The gradients of each negative with weights of its own, where centres are among them. */
function eachNegative(g: usize, tiles: u32, ratio: v128, bag: bool, alpha: f32): void {
  const own = weights + STRIDE;
  for (let n: u32 = 0; n < shared; n++) {
    const track = load<u32>(drawn + (<usize>n << 3));
    for (let t: u32 = 0; t < tiles; t++) {
      let counts = v128.load(weights + (<usize>t << 4));
      for (let c: u32 = 0; c < centres; c++) {
        if (load<u32>(kept + (<usize>(first + c) << 2)) != track) continue;
        counts = i32x4.add(counts, maskOf(lanesOf(t << 2), fromOf(c, bag), toOf(c, bag), selfOf(c, bag)));
      }
      v128.store(own + (<usize>t << 4), f32x4.mul(f32x4.convert_i32x4_s(counts), ratio));
    }
    negativeGradients(g + <usize>n * STRIDE, 1, tiles, own, alpha);
  }
}

