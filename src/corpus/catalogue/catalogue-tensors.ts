/** A catalogue as arrays: packed ids, distinct artist names, and each track's artist by number. */
import {
  type PackedStrings,
  packStrings,
  SegueError,
  type Tensor,
  unpackStrings,
} from "../../system/index.js";
import type { Catalogue } from "../corpus.js";
import { artistNumbers, knowArtistNumbers } from "./artist-numbers.js";

/** The arrays of a catalogue by name: `tracks.*`, and `artists.*` if it has artists. */
export function catalogueTensors(catalogue: Catalogue): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  setStrings(tensors, "tracks", packStrings(catalogue.tracks));
  if (catalogue.artists) {
    const { names, of } = artistNumbers(catalogue.artists);
    setStrings(tensors, "artists", packStrings(names));
    tensors["artists.of"] = { array: of };
  }
  return tensors;
}

/** The inverse of `catalogueTensors`. @throws SegueError code "corrupt" if the arrays are inconsistent */
export function catalogueOf(tensors: Readonly<Record<string, Tensor>>): Catalogue {
  const tracks = stringsOf(tensors, "tracks");
  const artistOf = tensors["artists.of"]?.array;
  if (!artistOf) return { tracks };
  const names = stringsOf(tensors, "artists");
  if (artistOf.length !== tracks.length)
    throw new SegueError(`${artistOf.length} artists for ${tracks.length} tracks`, { code: "corrupt" });
  const artists = new Array<string>(artistOf.length);
  for (let track = 0; track < artists.length; track++) {
    const name = names[artistOf[track]!];
    if (name === undefined)
      throw new SegueError(
        `track ${track} is by artist number ${artistOf[track]}, but there are only ${names.length}`,
        {
          code: "corrupt",
        },
      );
    artists[track] = name;
  }
  // A copy, since a view would keep the whole file in memory.
  if (artistOf instanceof Uint32Array) knowArtistNumbers(artists, { names, of: artistOf.slice() });
  return { tracks, artists };
}

/** Adds packed strings as `name.text` and `name.ends`. */
export function setStrings(
  tensors: Record<string, Tensor>,
  name: string,
  { text, ends }: PackedStrings,
): void {
  tensors[`${name}.text`] = { array: text };
  tensors[`${name}.ends`] = { array: ends };
}

/** The strings that were packed as `name.text` and `name.ends`. */
export function stringsOf(tensors: Readonly<Record<string, Tensor>>, name: string): string[] {
  const text = tensors[`${name}.text`]?.array;
  const ends = tensors[`${name}.ends`]?.array;
  if (!(text instanceof Uint8Array) || !(ends instanceof Uint32Array))
    throw new SegueError(`it holds no ${name}`, { code: "corrupt" });
  return unpackStrings({ text, ends });
}
