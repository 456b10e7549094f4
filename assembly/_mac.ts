/** Multiply-add. Not in _math.ts, which has static memory: in some kernels the caller lays out all memory. */

/** sum + a · b; rounded once if built with relaxed SIMD on a processor with fused multiply-add, else twice. */
// @ts-ignore: decorator
@inline
export function mac(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** a - b · c; rounded like `mac`. */
// @ts-ignore: decorator
@inline
export function minusProduct(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(b, c, a);
  return f32x4.sub(a, f32x4.mul(b, c));
}
