/**
 * A block with negative sampling. Outputs are a quad of centres, the quads of negatives, and the other quad of centres where a group has
 * more than four.
 */
import {
  base,
  centres,
  clearLast,
  copyOutputs,
  drawn,
  first,
  fromOf,
  inputs,
  putOutput,
  scores,
  setSpans,
  toOf,
  updateInputs,
  updateOutputs,
} from "./_block";
import { addLoss, gradientsOfScores, logarithms } from "./_gradients";
import { log } from "./_math";
import { dummy, edges, group, hits, kept, likely, negative, outputAt, shared, weights, windows } from "./_settings";

/** Products of an input with a negative, since the chunk began: each costs three rows of multiply-adds. */
let products: u32 = 0;

export function openCount(): void {
  products = 0;
}

export function countedProducts(): u32 {
  return products;
}

/**
 * Whether a negative may be one of the centres: then it is left out where it is, as gensim does. Writes to `hits` which centres each
 * negative is, a bit a centre, a 32-bit number a negative.
 */
// @ts-ignore: decorator
@inline
function anyCentreDrawn(): bool {
  const tracks = kept + (<usize>first << 2);
  const a = v128.load(tracks);
  const b = v128.load(tracks, 16);
  const known = (1 << centres) - 1;
  let any = 0;
  for (let n: u32 = 0; n < shared; n++) {
    const track = v128.load_splat<u32>(drawn + (<usize>n << 3));
    const same = i32x4.bitmask(i32x4.eq(a, track)) | (i32x4.bitmask(i32x4.eq(b, track)) << 4);
    store<u32>(hits + (<usize>n << 2), same & known);
    any |= same & known;
  }
  return any != 0;
}

/**
 * One block with negative sampling: centre c has to do with the inputs of its window (skip-gram) or with input c alone (CBOW). `targets`
 * lists the rows that gain what the inputs do.
 */
export function sampleNegatives(bag: bool, targets: usize, alpha: f32): void {
  const quads = (shared + 3) >> 2;
  const back = 4 + 4 * quads;
  const large = group > 4;
  products += inputs * shared;
  const outputs = outputAt + (<usize>first << 2);
  for (let c: u32 = 0; c < 4; c++) {
    putOutput(c, c < centres ? <usize>load<u32>(outputs + (<usize>c << 2)) : dummy);
  }
  for (let n: u32 = 0; n < shared; n++) putOutput(4 + n, <usize>load<u32>(drawn + (<usize>n << 3), 4));
  for (let n = shared; n < 4 * quads; n++) putOutput(4 + n, dummy);
  if (large) {
    for (let c: u32 = 4; c < 8; c++) {
      putOutput(back + c - 4, c < centres ? <usize>load<u32>(outputs + (<usize>c << 2)) : dummy);
    }
  }
  copyOutputs(1 + quads + <u32>large);
  scores();
  setEdges(bag);
  const each = anyCentreDrawn();
  if (each) setWeights(true, quads, large);
  else setWeights(false, quads, large);
  addLoss(gradientsOfScores(inputs * (1 + quads + <u32>large), alpha));
  if (each || (shared & 3) != 0 || quads > MOST_FACTORS) addLoss(logarithms(0, inputs * (1 + quads + <u32>large)));
  else addLoss(logarithmsOfProducts(quads, large));
  clearLast();

  updateCentres(0, 0, bag);
  updateCentres(2, 2, bag);
  for (let n: u32 = 0; n < shared; n += 2) updateOutputs(4 + n, 0, inputs);
  if (large) {
    updateCentres(back, 4, bag);
    updateCentres(back + 2, 6, bag);
  }
  setSpans(bag, large);
  updateInputs(targets);
}

/** Centres c and c + 1, where there are such, which are outputs number m and m + 1. */
// @ts-ignore: decorator
@inline
function updateCentres(m: u32, c: u32, bag: bool): void {
  if (c >= centres) return;
  let from = fromOf(c, bag);
  let to = toOf(c, bag);
  if (c + 1 < centres) {
    from = min(from, fromOf(c + 1, bag));
    to = max(to, toOf(c + 1, bag));
  }
  updateOutputs(m, from, to);
}

/** Writes to `edges` the first positions of eight windows, those after their last ones, and the centres' own, which are left out. */
// @ts-ignore: decorator
@inline
function setEdges(bag: bool): void {
  const w = windows + (<usize>first << 3);
  for (let c: u32 = 0; c < 8; c++) {
    const at = edges + (<usize>c << 2);
    const known = c < centres;
    store<u32>(at, bag ? c : load<u32>(w + (<usize>c << 3)));
    store<u32>(at, known ? (bag ? c + 1 : load<u32>(w + (<usize>c << 3), 4)) : 0, 32);
    store<u32>(at, bag ? 0xffffffff : first + c, 64);
  }
}

/** All ones for the centres of a quad in whose window a position is; `at` is where their edges are. */
// @ts-ignore: decorator
@inline
function maskOf(position: v128, at: usize): v128 {
  const inside = v128.and(i32x4.ge_s(position, v128.load(at)), i32x4.lt_s(position, v128.load(at, 32)));
  return v128.andnot(inside, i32x4.eq(position, v128.load(at, 64)));
}

/**
 * Writes to `weights` how much each output counts for each input: 1 for the centres in whose window it is, and for negatives the number
 * of such windows, less than 0 since their label is 0. `each`: without those of centres that the negative is.
 */
// @ts-ignore: decorator
@inline
function setWeights(each: bool, quads: u32, large: bool): void {
  const one = f32x4.splat(1);
  const ratio: f32 = -(<f32>negative / <f32>shared);
  const partly = (shared & 3) != 0;
  const count = inputs;
  const bounds = edges;
  let w = weights;
  for (let u: u32 = 0; u < count; u++) {
    const position = i32x4.splat(base + u);
    const mask = maskOf(position, bounds);
    let bits = i32x4.bitmask(mask);
    v128.store(w, v128.and(mask, one));
    w += 16;
    let other = mask;
    if (large) {
      other = maskOf(position, bounds + 16);
      bits |= i32x4.bitmask(other) << 4;
    }
    const weight = f32x4.splat(<f32>popcnt(bits) * ratio);
    for (let q: u32 = 0; q < quads; q++) {
      v128.store(w, each ? weightsOf(q, bits, ratio) : weight);
      w += 16;
    }
    if (partly) v128.store(w - 16, v128.and(v128.load(w - 16), i32x4(-1, -1, 0, 0)));
    if (large) {
      v128.store(w, v128.and(other, one));
      w += 16;
    }
  }
}

/** How much each negative of a quad weighs: the windows that an input is in, but for those whose centre the negative is. */
// @ts-ignore: decorator
@inline
function weightsOf(q: u32, bits: i32, ratio: f32): v128 {
  const at = hits + (<usize>q << 4);
  return f32x4(
    <f32>popcnt(bits & ~load<i32>(at)) * ratio,
    <f32>popcnt(bits & ~load<i32>(at, 4)) * ratio,
    <f32>popcnt(bits & ~load<i32>(at, 8)) * ratio,
    <f32>popcnt(bits & ~load<i32>(at, 12)) * ratio,
  );
}

/** Factors in [1/2, 1] whose product stays well above the smallest float. */
const MOST_FACTORS: u32 = 30;

/**
 * The loss's logarithms where weights are the same for all negatives of an input: of products, one for two inputs, and one for all
 * centres.
 */
// @ts-ignore: decorator
@inline
function logarithmsOfProducts(quads: u32, large: bool): v128 {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const step = <usize>(1 + quads + <u32>large) << 4;
  const last = step - 16;
  const end = weights + <usize>inputs * step;
  let p = likely;
  let sum = zero;
  let centreProduct = one;
  for (let w = weights; w < end; w += 2 * step) {
    // Behind an odd last input: what is there weighs nothing.
    const paired = w + step < end;
    centreProduct = f32x4.mul(centreProduct, v128.bitselect(v128.load(p), one, f32x4.ne(v128.load(w), zero)));
    if (large) {
      centreProduct = f32x4.mul(
        centreProduct,
        v128.bitselect(v128.load(p + last), one, f32x4.ne(v128.load(w + last), zero)),
      );
    }
    let a = v128.load(p, 16);
    for (let q: u32 = 1; q < quads; q++) a = f32x4.mul(a, v128.load(p + (<usize>q << 4), 16));
    const weight = v128.load(w, 16);
    p += step;
    let b = one;
    let beside = zero;
    if (paired) {
      const v = w + step;
      centreProduct = f32x4.mul(centreProduct, v128.bitselect(v128.load(p), one, f32x4.ne(v128.load(v), zero)));
      if (large) {
        centreProduct = f32x4.mul(
          centreProduct,
          v128.bitselect(v128.load(p + last), one, f32x4.ne(v128.load(v + last), zero)),
        );
      }
      b = v128.load(p, 16);
      for (let q: u32 = 1; q < quads; q++) b = f32x4.mul(b, v128.load(p + (<usize>q << 4), 16));
      beside = v128.load(v, 16);
      p += step;
    }
    const product = f32x4.mul(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
    sum = f32x4.add(sum, f32x4.mul(v128.shuffle<f32>(weight, beside, 0, 1, 4, 5), log(product)));
  }
  return f32x4.sub(sum, log(centreProduct));
}
