/**
 * The loss of a chunk in double precision. -log σ(±s) = max(∓s, 0) + log(1 + e^-|s|), so a window needs one sum of the linear
 * parts and one *product* of the factors 1 + e^-|s| (each in (1, 2]); the logarithm is taken once the product grows
 * large, about once in forty windows.
 */
import { sumLanes4 } from "./_math";

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

// @ts-ignore: decorator
@inline
export function openLoss(): void {
  product = 1;
  sum = 0;
  padded = 0;
}

/** Takes in the products of at most 100 factors a lane, the sums of linear parts, and how many of all pairs were pads. */
// @ts-ignore: decorator
@inline
export function addLoss(factors: v128, linear: v128, pads: u32): void {
  const low = f64x2.promote_low_f32x4(factors);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(factors, factors, 2, 3, 2, 3));
  const both = f64x2.mul(low, high);
  product *= f64x2.extract_lane(both, 0) * f64x2.extract_lane(both, 1);
  if (product > 1e150) {
    sum += Math.log(product);
    product = 1;
  }
  sum += <f64>f32x4.extract_lane(sumLanes4(linear, linear, linear, linear), 0);
  padded += <f64>pads;
}

export function closeLoss(): f64 {
  return sum + Math.log(product) - padded * 0.6931471805599453;
}
