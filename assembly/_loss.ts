/**
 * The loss of a chunk in double precision. -log σ(±s) = max(∓s, 0) + log(1 + e^-|s|), so a window needs one sum of the linear
 * parts and one *product* of the factors 1 + e^-|s| (each in (1, 2]); the logarithm is taken once the product grows
 * large, about once in forty windows.
 */
import { sumLanes4 } from "./_math";

/** Where a window keeps its running factors (16 bytes) and linear parts (16 bytes). */
// @ts-ignore: decorator
@lazy
let cell: usize = 0;
// @ts-ignore: decorator
@lazy
let product: f64 = 1;
// @ts-ignore: decorator
@lazy
let sum: f64 = 0;
/** Pairs that pad a tile: each added log 2. */
// @ts-ignore: decorator
@lazy
let padded: f64 = 0;

export function openLoss(at: usize): void {
  cell = at;
  product = 1;
  sum = 0;
  padded = 0;
  clear();
}

// @ts-ignore: decorator
@inline
function clear(): void {
  v128.store(cell, f32x4.splat(1));
  v128.store(cell, f32x4.splat(0), 16);
}

// @ts-ignore: decorator
@inline
export function addLoss(factors: v128, linear: v128): void {
  v128.store(cell, f32x4.mul(v128.load(cell), factors));
  v128.store(cell, f32x4.add(v128.load(cell, 16), linear), 16);
}

/** Takes in what `addLoss` gathered: at most 100 calls may lie between two of these. */
// @ts-ignore: decorator
@inline
export function foldLoss(pads: u32): void {
  const f = v128.load(cell);
  const low = f64x2.promote_low_f32x4(f);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(f, f, 2, 3, 2, 3));
  const both = f64x2.mul(low, high);
  product *= f64x2.extract_lane(both, 0) * f64x2.extract_lane(both, 1);
  if (product > 1e150) {
    sum += Math.log(product);
    product = 1;
  }
  const l = v128.load(cell, 16);
  sum += <f64>f32x4.extract_lane(sumLanes4(l, l, l, l), 0);
  padded += <f64>pads;
  clear();
}

export function closeLoss(): f64 {
  return sum + Math.log(product) - padded * 0.6931471805599453;
}
