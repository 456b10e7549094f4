/**
 * Vector exponential for the logistic function: 2^x by range reduction to [-1/2, 1/2] and a degree-6 polynomial (the
 * Taylor series of 2^f, whose error there, 2e-7 relative, is near the rounding error of 32-bit floats).
 */

/** exp(x) for x in [-87, 0], four lanes; smaller x give about 1e-38. */
// @ts-ignore: decorator
@inline
export function expNonPositive(x: v128): v128 {
  const t = f32x4.mul(f32x4.max(x, f32x4.splat(-87.0)), f32x4.splat(1.4426950408889634));
  const whole = f32x4.nearest(t);
  const f = f32x4.sub(t, whole);
  let p = f32x4.splat(1.540353039338161e-4);
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1.3333558146428443e-3));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(9.618129107628477e-3));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(5.550410866482158e-2));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(2.4022650695910072e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(6.931471805599453e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1.0));
  // 2^whole by writing the exponent bits.
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(whole), i32x4.splat(127)), 23);
  return f32x4.mul(p, scale);
}

/** The four sums of the lanes of a, b, c and d, as one vector. */
// @ts-ignore: decorator
@inline
export function sumLanes4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}
