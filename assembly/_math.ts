/** Vector arithmetic: multiply-add, exponential, logarithm, sums of lanes. */

/** sum + a · b; one rounding where the module is built with relaxed SIMD and the processor has fused multiply-add, else two. */
// @ts-ignore: decorator
@inline
export function mac(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

/**
 * The numbers of `expNonPositive`, four times each: in memory, since V8 makes a constant anew wherever it finds no register for it, in
 * three instructions, where a load is one.
 */
const EXP = memory.data<f32>([
  -87, -87, -87, -87, 1.4426950408889634, 1.4426950408889634, 1.4426950408889634, 1.4426950408889634,
  // Adding 1.5 · 2^23 rounds to a whole number and leaves it in the low bits.
  12582912, 12582912, 12582912, 12582912,
  0.0013276472172792395, 0.0013276472172792395, 0.0013276472172792395, 0.0013276472172792395,
  0.009675541658226872, 0.009675541658226872, 0.009675541658226872, 0.009675541658226872,
  0.05550713275756345, 0.05550713275756345, 0.05550713275756345, 0.05550713275756345,
  0.24022119717881857, 0.24022119717881857, 0.24022119717881857, 0.24022119717881857,
  0.6931469670616174, 0.6931469670616174, 0.6931469670616174, 0.6931469670616174,
  1.0000000716558803, 1.0000000716558803, 1.0000000716558803, 1.0000000716558803,
  1, 1, 1, 1, -0.0, -0.0, -0.0, -0.0,
], 16);

// @ts-ignore: decorator
@inline
export function ones(): v128 {
  return v128.load(EXP, 144);
}

// @ts-ignore: decorator
@inline
export function signBits(): v128 {
  return v128.load(EXP, 160);
}

/**
 * exp(x) for x in [-87, 0], four lanes; smaller x give about 1e-38. 2^t by range reduction to [-1/2, 1/2] and the polynomial of
 * degree 5 with the least relative error there, 7.5e-8: as good as 32-bit floats can tell.
 */
// @ts-ignore: decorator
@inline
export function expNonPositive(x: v128): v128 {
  const t = f32x4.mul(f32x4.pmax(x, v128.load(EXP)), v128.load(EXP, 16));
  const magic = v128.load(EXP, 32);
  const shifted = f32x4.add(t, magic);
  const f = f32x4.sub(t, f32x4.sub(shifted, magic));
  // Estrin's order: three sums side by side, since the chain of the steps is what costs.
  const squared = f32x4.mul(f, f);
  const high = mac(v128.load(EXP, 64), v128.load(EXP, 48), f);
  const middle = mac(v128.load(EXP, 96), v128.load(EXP, 80), f);
  const low = mac(v128.load(EXP, 128), v128.load(EXP, 112), f);
  const p = mac(low, mac(middle, high, squared), squared);
  // 2^whole by adding to the exponent bits; p is in [0.7, 1.42].
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

/** log(x) for normal x > 0, four lanes, to about 1e-7: exponent apart, then 2 · artanh((m - 1) / (m + 1)). */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  const one = f32x4.splat(1);
  // The exponent that leaves the mantissa in [√½, √2).
  const exponent = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23);
  const m = i32x4.sub(x, i32x4.shl(exponent, 23));
  const r = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const s = f32x4.mul(r, r);
  let p = f32x4.splat(0.2857142857142857);
  p = mac(f32x4.splat(0.4), p, s);
  p = mac(f32x4.splat(0.6666666666666666), p, s);
  p = mac(f32x4.splat(2), p, s);
  return f32x4.add(f32x4.mul(p, r), f32x4.mul(f32x4.convert_i32x4_s(exponent), f32x4.splat(0.6931471805599453)));
}

/** The four sums of the lanes of a, b, c and d, as one vector. */
// @ts-ignore: decorator
@inline
export function sumLanes4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}
