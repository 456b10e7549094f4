/** Evidence by the encoder: the tracks nearest to the context's code. */
import { ExactIndex, type NearestRows } from "../../../track2vec/index.js";
import type { Query } from "../../core/asking/query.js";
import { codeOfContext, type EncoderModel } from "../../encoder/encoder-model.js";
import { encoderDefaults } from "../../encoder/settings.js";
import { col } from "../features/columns.js";
import type { Evidence } from "./evidence.js";

/** Above this many tracks, a scan per query takes too long; the encoder then only scores what other sources nominate. */
const mostScanned = 200_000;

const { scale } = encoderDefaults;

export class CodeEvidence {
  /** The code of the last query; of length 1, or zeros. */
  readonly code: Float32Array;
  readonly #encoder: EncoderModel;
  readonly #index: ExactIndex | undefined;
  readonly #most: number;
  #found: NearestRows | undefined;

  constructor(encoder: EncoderModel, { nominated }: { readonly nominated: number }) {
    const { size, units } = encoder;
    const tracks = size === 0 ? 0 : units.length / size;
    this.code = new Float32Array(size);
    this.#encoder = encoder;
    this.#index = tracks > 0 && tracks <= mostScanned ? new ExactIndex(units, size) : undefined;
    this.#most = Math.min(nominated, tracks);
  }

  /** Gives slots to the tracks nearest to the context's code. */
  nominate(query: Query, evidence: Evidence): void {
    const isPlaced = codeOfContext(this.#encoder, query.tracks, this.code);
    this.#found = isPlaced ? this.#index?.search(this.code, this.#most, undefined, 1) : undefined;
    if (this.#found !== undefined) for (const track of this.#found.rows) evidence.slot(track);
  }

  /** Writes the softmax value of each, up to a factor that is the same for all tracks of a query. */
  write(evidence: Evidence): void {
    if (this.#found === undefined) return;
    const { rows, scores } = this.#found;
    const { columns } = evidence;
    for (let i = 0; i < rows.length; i++) {
      columns[evidence.find(rows[i]!) + col.code] = Math.exp(scale * (scores[i]! - 1));
    }
  }
}
