/**
 * Vector exponential for the logistic function: 2^x by range reduction to [-1/2, 1/2] and the polynomial of
 * degree 5 with the least relative error there, 7.5e-8: as good as 32-bit floats can tell.
 */

/** exp(x) for x in [-87, 0], four lanes; smaller x give about 1e-38. */
// @ts-ignore: decorator
@inline
export function expNonPositive(x: v128): v128 {
  const t = f32x4.mul(f32x4.pmax(x, f32x4.splat(-87.0)), f32x4.splat(1.4426950408889634));
  // Adding 1.5 · 2^23 rounds to a whole number and leaves it in the low bits.
  const magic = f32x4.splat(12582912.0);
  const shifted = f32x4.add(t, magic);
  const f = f32x4.sub(t, f32x4.sub(shifted, magic));
  let p = f32x4.splat(0.0013276472172792395);
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.009675541658226872));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.05550713275756345));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.24022119717881857));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.6931469670616174));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1.0000000716558803));
  // 2^whole by writing the exponent bits.
  return f32x4.mul(p, i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000)));
}

/** The four sums of the lanes of a, b, c and d, as one vector. */
// @ts-ignore: decorator
@inline
export function sumLanes4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}
