/** What a trained encoder is, and the code that it makes of a context. */
import { bringToLength1 } from "../core/unit-vectors.js";

export interface EncoderModel {
  /** Dimensions; 0: there is no encoder. */
  readonly size: number;
  /** trackCount×size, row-major, of length 1; zeros for tracks that never play. */
  readonly units: Float32Array;
  /** What a track's dimensions are multiplied by at each place back, reach×size, row-major, the last place first. */
  readonly gates: Float32Array;
}

export const noEncoder: EncoderModel = { size: 0, units: new Float32Array(0), gates: new Float32Array(0) };

/**
 * Writes the gated sum of the vectors of a context's last tracks, brought to length 1.
 *
 * @param tracks numbers of the catalogue, in playing order
 * @param code `size` numbers
 * @returns whether there is any: not where no track of the context played in training
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
