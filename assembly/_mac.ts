/** Multiply-add. Apart from _math.ts, whose constants lie in static memory: some kernels have all memory laid out by their caller. */

/** sum + a · b; one rounding where the module is built with relaxed SIMD and the processor has fused multiply-add, else two. */
// @ts-ignore: decorator
@inline
export function mac(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** a - b · c; rounded as `mac` is. */
// @ts-ignore: decorator
@inline
export function minusProduct(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(b, c, a);
  return f32x4.sub(a, f32x4.mul(b, c));
}
