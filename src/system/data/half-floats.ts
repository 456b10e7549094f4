/** Converts 16-bit floats, in which models are often stored, to 32 bits, exactly. */

/** Both formats by their names in safetensors. `into` has the length of `bits`. */
export const halfFloats = { F16: widenF16, BF16: widenBf16 } as const;

/** The values of all 65,536 bit patterns, computed on first use. */
let valuesOfF16: Float32Array | undefined;

/** IEEE 754 half precision: a sign, 5 bits of exponent, 10 of fraction. */
function widenF16(bits: Uint16Array, into: Float32Array): void {
  const values = (valuesOfF16 ??= Float32Array.from({ length: 1 << 16 }, (_, each) => valueOfF16(each)));
  for (let at = 0; at < bits.length; at++) into[at] = values[bits[at]!]!;
}

function valueOfF16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** bfloat16: the upper half of a 32-bit float. */
function widenBf16(bits: Uint16Array, into: Float32Array): void {
  const words = new Uint32Array(into.buffer, into.byteOffset, into.length);
  for (let at = 0; at < bits.length; at++) words[at] = bits[at]! << 16;
}
