/** A block with negative sampling. */
import {
  centres,
  drawn,
  first,
  fromOf,
  inputs,
  openRanges,
  PAIRS,
  putOutput,
  scores,
  selfOf,
  setCentres,
  stride,
  tiles,
  toOf,
  updateInputs,
  updateOutputs,
} from "./_block";
import { centreGradients, lanesOf, maskOf, negativeGradients } from "./_gradients";
import { dummy, gradients, kept, masks, negative, outputAt, ranges, STRIDE, shared, weights } from "./_settings";

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
 * One block with negative sampling: centre c has to do with the inputs of its window (skip-gram) or with input c alone (CBOW).
 */
export function sampleNegatives(bag: bool, alpha: f32): void {
  const centrePairs = (centres + 1) >> 1;
  const front = (centrePairs + 1) >> 1;
  const back = front + (shared >> 1);
  const pairs = centrePairs + (shared >> 1);
  products += inputs * shared;
  openRanges(front, back);
  for (let t: u32 = 0; t < tiles; t++) v128.store(weights + (<usize>t << 4), i32x4.splat(0));
  for (let c: u32 = 0; c < 2 * centrePairs; c++) {
    const m = c < 2 * front ? c : c + shared;
    putOutput(m, c < centres ? <usize>load<u32>(outputAt + (<usize>(first + c) << 2)) : dummy);
    if ((c & 1) == 0) setCentres(m >> 1, c, bag);
    markInputs(masks + <usize>c * stride, c, bag);
  }
  for (let n: u32 = 0; n < shared; n++) putOutput(2 * front + n, <usize>load<u32>(drawn + (<usize>n << 3), 4));
  for (let p = front; p < back; p++) {
    store<u32>(ranges + (<usize>p << 3), 0, PAIRS);
    store<u32>(ranges + (<usize>p << 3), inputs, PAIRS + 4);
  }

  scores(0, pairs);
  centreGradients(gradients, masks, 2 * front * tiles, alpha);
  centreGradients(
    gradients + <usize>(2 * back) * stride,
    masks + <usize>(2 * front) * stride,
    2 * (centrePairs - front) * tiles,
    alpha,
  );
  const g = gradients + <usize>(2 * front) * stride;
  const ratio = f32x4.splat(<f32>negative / <f32>shared);
  if (anyCentreDrawn()) eachNegative(g, ratio, bag, alpha);
  else {
    for (let t: u32 = 0; t < tiles; t++) {
      const w = weights + (<usize>t << 4);
      v128.store(w, f32x4.mul(f32x4.convert_i32x4_s(v128.load(w)), ratio));
    }
    negativeGradients(g, shared, tiles, weights, alpha);
  }
  updateInputs();
  updateOutputs(pairs);
}

/** All ones at `to` for the inputs of centre c, zeros for the others; counts in `weights` how often each input is trained. */
// @ts-ignore: decorator
@inline
function markInputs(to: usize, c: u32, bag: bool): void {
  const known = c < centres;
  const first = known ? fromOf(c, bag) : 0;
  const last = known ? toOf(c, bag) : 0;
  const self = selfOf(c, bag);
  const end = to + stride;
  let w = weights;
  let lanes = lanesOf(0);
  for (; to < end; to += 16) {
    const mask = maskOf(lanes, first, last, self);
    v128.store(to, mask);
    v128.store(w, i32x4.sub(v128.load(w), mask));
    w += 16;
    lanes = i32x4.add(lanes, i32x4.splat(4));
  }
}

/** The gradients of each negative with weights of its own, where centres are among them. */
function eachNegative(g: usize, ratio: v128, bag: bool, alpha: f32): void {
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
    negativeGradients(g + <usize>n * stride, 1, tiles, own, alpha);
  }
}

