/** Vector arithmetic: exponential, logarithm, sums of lanes. */
import { mac, minusProduct } from "./_mac";

/** Per lane: a if the sign bit of s is set, else b. */
// @ts-ignore: decorator
@inline
export function pick(s: v128, a: v128, b: v128): v128 {
  const mask = i32x4.shr_s(s, 31);
  // One instruction instead of three. Its result is only defined for masks of all ones or all zeros.
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_laneselect(a, b, mask);
  return v128.bitselect(a, b, mask);
}

// @ts-ignore: decorator
@inline
export function ones(): v128 {
  return v128.load(NUMBERS, 16);
}

/** Constants, four times each. Without a free register V8 rebuilds a constant in three instructions; a load is one. */
const NUMBERS = memory.data<f32>([
  -0.0, -0.0, -0.0, -0.0, 1, 1, 1, 1, -87, -87, -87, -87,
  1.4426950408889634, 1.4426950408889634, 1.4426950408889634, 1.4426950408889634,
  // Adding 1.5 · 2^23 rounds to an integer, which ends up in the low bits.
  12582912, 12582912, 12582912, 12582912,
  // The polynomial in -f: every other sign is flipped.
  -0.0013276472172792395, -0.0013276472172792395, -0.0013276472172792395, -0.0013276472172792395,
  0.009675541658226872, 0.009675541658226872, 0.009675541658226872, 0.009675541658226872,
  -0.05550713275756345, -0.05550713275756345, -0.05550713275756345, -0.05550713275756345,
  0.24022119717881857, 0.24022119717881857, 0.24022119717881857, 0.24022119717881857,
  -0.6931469670616174, -0.6931469670616174, -0.6931469670616174, -0.6931469670616174,
  1.0000000716558803, 1.0000000716558803, 1.0000000716558803, 1.0000000716558803,
], 16);

/**
 * Writes σ(|s|), in [1/2, 1], of the vectors from `from` to `end` to `to`. exp(-|s|) is 2^t, by range reduction to [-1/2, 1/2] and the
 * minimax polynomial of degree 5, whose relative error is 7.5e-8, about the precision of 32-bit floats. All values stay in registers: an
 * iteration is some twenty instructions, and the processor overlaps many iterations.
 */
// @ts-ignore: decorator
@inline
export function certaintiesOf(from: usize, end: usize, to: usize): void {
  const sign = v128.load(NUMBERS);
  const one = v128.load(NUMBERS, 16);
  const least = v128.load(NUMBERS, 32);
  const scale = v128.load(NUMBERS, 48);
  const magic = v128.load(NUMBERS, 64);
  const c5 = v128.load(NUMBERS, 80);
  const c4 = v128.load(NUMBERS, 96);
  const c3 = v128.load(NUMBERS, 112);
  const c2 = v128.load(NUMBERS, 128);
  const c1 = v128.load(NUMBERS, 144);
  const c0 = v128.load(NUMBERS, 160);
  const apart = to - from;
  for (let at = from; at < end; at += 16) {
    // Setting the sign bit is one instruction; abs and neg are six.
    const x = f32x4.pmax(v128.or(v128.load(at), sign), least);
    const shifted = mac(magic, x, scale);
    // whole - t, where t = x · log2(e).
    const f = minusProduct(f32x4.sub(shifted, magic), x, scale);
    const p = mac(c0, mac(c1, mac(c2, mac(c3, mac(c4, c5, f), f), f), f), f);
    // 2^whole by adding to the exponent bits; p is in [0.7, 1.42].
    const e = i32x4.add(p, i32x4.shl(shifted, 23));
    v128.store(at + apart, f32x4.div(one, f32x4.add(one, e)));
  }
}

/** The constants of `log`: the bits of √½, then 2 / 7, 2 / 5, 2 / 3, 2 and log(2). */
const LOG = memory.data<f32>([
  0.7071067690849304, 0.7071067690849304, 0.7071067690849304, 0.7071067690849304,
  0.2857142857142857, 0.2857142857142857, 0.2857142857142857, 0.2857142857142857,
  0.4, 0.4, 0.4, 0.4, 0.6666666666666666, 0.6666666666666666, 0.6666666666666666, 0.6666666666666666,
  2, 2, 2, 2, 0.6931471805599453, 0.6931471805599453, 0.6931471805599453, 0.6931471805599453,
], 16);

/** log(x) for normal x > 0, four lanes, to about 1e-7: separates the exponent, then uses 2 · artanh((m - 1) / (m + 1)). */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  const one = ones();
  // The exponent that leaves the mantissa in [√½, √2).
  const exponent = i32x4.shr_s(i32x4.sub(x, v128.load(LOG)), 23);
  const m = i32x4.sub(x, i32x4.shl(exponent, 23));
  const r = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const s = f32x4.mul(r, r);
  const p = mac(v128.load(LOG, 64), mac(v128.load(LOG, 48), mac(v128.load(LOG, 32), v128.load(LOG, 16), s), s), s);
  return f32x4.add(f32x4.mul(p, r), f32x4.mul(f32x4.convert_i32x4_s(exponent), v128.load(LOG, 80)));
}

/** The lane sums of a, b, c and d, as one vector. */
// @ts-ignore: decorator
@inline
export function sumLanes4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}
