/** The index of the first value in `from` … `to` - 1 that is not finite, or -1. */
export function firstNotFinite(values: Float32Array, from = 0, to = values.length): number {
  for (let at = from; at < to; at++) if (!Number.isFinite(values[at]!)) return at;
  return -1;
}
