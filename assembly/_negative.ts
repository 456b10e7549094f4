/**
 * A block with negative sampling. Outputs are a quad of centres, the quads of negatives and, if a group has more than four centres, a second
 * quad of centres.
 */
import {
  centres,
  clearLast,
  copyOutputs,
  doInputsRecur,
  drawn,
  first,
  fresh,
  fromOfQuad,
  inputs,
  keepNegatives,
  meetHalfway,
  openOutputs,
  openSpans,
  putOutput,
  scores,
  toOfQuad,
  updateInputs,
  updateOutputs,
} from "./_block";
import { dummy, group, halfway, hits, kept, outputAt, shared } from "./_settings";
import { markBags, markWindows } from "./_window_bits";
import { gradientsOfWindows } from "./_windows";

/** Number of (input, negative) products in the chunk so far: each costs three rows of multiply-adds. */
let products: u32 = 0;

export function openCount(): void {
  products = 0;
}

export function countedProducts(): u32 {
  return products;
}

/**
 * Whether any negative is also a centre, for which it must then be skipped, as in gensim. Writes to `hits` which centres each negative is:
 * one bit per centre, a 32-bit word per negative.
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
 * Trains one block with negative sampling: centre c is paired with the inputs of its window (skip-gram) or with input c only (CBOW).
 * `targets` lists the rows that receive the updates of the inputs.
 */
export function sampleNegatives(bag: bool, targets: usize, alpha: f32): void {
  const quads = (shared + 3) >> 2;
  const back = 4 + 4 * quads;
  const large = group > 4;
  products += inputs * shared;
  openOutputs(1 + quads + <u32>large);
  putCentres(0, 0);
  copyOutputs(0, 1);
  if (fresh) {
    for (let n: u32 = 0; n < shared; n++) putOutput(4 + n, <usize>load<u32>(drawn + (<usize>n << 3), 4));
    for (let n = shared; n < 4 * quads; n++) putOutput(4 + n, dummy);
    copyOutputs(1, 1 + quads);
    keepNegatives();
  }
  if (large) {
    putCentres(back, 4);
    copyOutputs(1 + quads, 2 + quads);
  }
  openSpans();
  if (bag) markBags(large);
  else markWindows(large);
  scores();
  gradientsOfWindows(anyCentreDrawn(), quads, large, alpha);
  clearLast();

  updateCentres(0, 0);
  updateCentres(2, 2);
  for (let n: u32 = 0; n < shared; n += 2) updateOutputs(4 + n, 0, inputs);
  if (large) {
    updateCentres(back, 4);
    updateCentres(back + 2, 6);
  }
  const meets = halfway && !doInputsRecur();
  if (meets) meetHalfway();
  updateInputs(targets, meets);
}

/** Puts the quad of centres from c on as outputs from m on. */
// @ts-ignore: decorator
@inline
function putCentres(m: u32, c: u32): void {
  const outputs = outputAt + (<usize>(first + c) << 2);
  for (let i: u32 = 0; i < 4; i++) {
    putOutput(m + i, c + i < centres ? <usize>load<u32>(outputs + (<usize>i << 2)) : dummy);
  }
}

/**
 * Updates centres c and c + 1, outputs m and m + 1, if they exist, by all inputs of their quad: loops of the same length, whose ends are
 * predicted, are faster than shorter ones.
 */
// @ts-ignore: decorator
@inline
function updateCentres(m: u32, c: u32): void {
  if (c < centres) updateOutputs(m, fromOfQuad(c & 4), toOfQuad(c & 4));
}
