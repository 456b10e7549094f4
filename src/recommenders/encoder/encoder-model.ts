/** A trained encoder, and how it encodes a context. */
import { bringToLength1 } from "../core/vectors/unit-vectors.js";

export interface EncoderModel {
  /** The number of dimensions; 0 if there is no encoder. */
  readonly size: number;
  /** trackCount×size, row-major: vectors of length 1, or zeros for tracks that never play. */
  readonly units: Float32Array;
  /** reach×size, row-major, last position first: the element-wise factors of a track's vector at each position. */
  readonly gates: Float32Array;
}

export const noEncoder: EncoderModel = { size: 0, units: new Float32Array(0), gates: new Float32Array(0) };

/**
 * Computes a context's code: the gated sum of its last tracks' vectors, normalised to length 1.
 *
 * @param tracks track numbers, in playing order
 * @param code receives `size` numbers
 * @returns false, and zeros, if none of these tracks played in training
 */
export function codeOfContext(
  { size, units, gates }: EncoderModel,
  tracks: Uint32Array,
  code: Float32Array,
): boolean {
  code.fill(0);
  const length = Math.min(tracks.length, gates.length / size);
  for (let back = 0; back < length; back++) {
    const unit = tracks[tracks.length - 1 - back]! * size;
    const gate = back * size;
    for (let i = 0; i < size; i++) code[i]! += units[unit + i]! * gates[gate + i]!;
  }
  return bringToLength1(code);
}
