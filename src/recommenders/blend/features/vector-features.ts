/** How near a candidate is to the context by the encoder's vectors: to its last track, to the whole context, by artist. */
import type { Query } from "../../core/asking/query.js";
import type { ArtistIndex } from "../../core/names/artists.js";
import { contextMean, copyUnit, inner, type UnitRows } from "../../core/vectors/unit-vectors.js";

export class VectorFeatures {
  readonly #vectors: UnitRows;
  readonly #artists: ArtistIndex | undefined;
  /** Means of the vectors of an artist's tracks, of length 1. */
  readonly #byArtist: UnitRows | undefined;
  readonly #decay: number;
  readonly #mean: Float32Array;
  readonly #flat: Float32Array;
  readonly #artist: Float32Array;
  #last: Float32Array | undefined;
  #placed = false;
  #artistPlaced = false;

  /** @param code the code of the current context, which `CodeEvidence` keeps up to date */
  constructor(
    vectors: UnitRows,
    readonly code: Float32Array,
    artists: ArtistIndex | undefined,
    counts: Uint32Array,
    decay: number,
  ) {
    this.#vectors = vectors;
    this.#artists = artists;
    this.#byArtist = artists && artistMatrix(vectors, artists, counts);
    this.#decay = decay;
    this.#mean = new Float32Array(vectors.size);
    this.#flat = new Float32Array(vectors.size);
    this.#artist = new Float32Array(vectors.size);
  }

  /** Reads a context, with its artists in playing order. */
  read(query: Query, artists: Uint32Array): void {
    const { size, units } = this.#vectors;
    const { tracks } = query;
    const last = tracks.length === 0 ? -1 : tracks[tracks.length - 1]!;
    this.#last = last < 0 ? undefined : units.subarray(last * size, (last + 1) * size);
    this.#placed = contextMean(this.#vectors, tracks, this.#decay, this.#mean);
    contextMean(this.#vectors, tracks, 1, this.#flat);
    this.#artistPlaced =
      this.#byArtist !== undefined && contextMean(this.#byArtist, artists, this.#decay, this.#artist);
  }

  /** Writes five numbers for a track to `rows` from `at`, zeros if there are no vectors; returns the index after them. */
  write(track: number, rows: Float32Array, at: number): number {
    const { size, units } = this.#vectors;
    if (size === 0) {
      rows.fill(0, at, at + 5);
      return at + 5;
    }
    const artist = this.#artists === undefined ? 0 : this.#artists.artistOf[track]!;
    rows[at] = this.#last === undefined ? 0 : inner(this.#last, units, track);
    rows[at + 1] = this.#placed ? inner(this.#mean, units, track) : 0;
    rows[at + 2] = this.#placed ? inner(this.#flat, units, track) : 0;
    rows[at + 3] = inner(this.code, units, track);
    rows[at + 4] =
      this.#artistPlaced && artist !== 0 ? inner(this.#artist, this.#byArtist!.units, artist) : 0;
    return at + 5;
  }
}

function artistMatrix(vectors: UnitRows, artists: ArtistIndex, counts: Uint32Array): UnitRows {
  const { size, units: tracks } = vectors;
  const units = new Float32Array(artists.names.length * size);
  for (let track = 0; track < counts.length; track++) {
    const base = artists.artistOf[track]! * size;
    if (base === 0) continue;
    for (let i = 0; i < size; i++) units[base + i]! += counts[track]! * tracks[track * size + i]!;
  }
  for (let base = 0; base < units.length; base += size) copyUnit(units, base, units, base, size);
  return { size, units };
}
