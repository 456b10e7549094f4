/** The code of a context: what a trained encoder makes of its last tracks. */
import type { EncoderParts } from "./train-encoder.js";

/**
 * Writes the gated sum of the vectors of a context's last tracks; of any length, since cosines are asked for.
 *
 * @param tracks numbers of the catalogue, in playing order
 * @param code `size` numbers
 * @returns whether there is any: not where no track of the context played in training
 */
export function codeOfContext(
  { size, units, gates }: Pick<EncoderParts, "size" | "units" | "gates">,
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
  return code.some((value) => value !== 0);
}
