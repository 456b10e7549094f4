/** A catalogue as arrays: ids packed, artists named once and numbered. */
import type { Catalogue } from "../corpus/index.js";
import { packStrings, SegueError, type Tensor, unpackStrings } from "../system/index.js";

export function catalogueTensors(catalogue: Catalogue): Record<string, Tensor> {
  const ids = packStrings(catalogue.tracks);
  const tensors: Record<string, Tensor> = {
    "tracks.text": { array: ids.text },
    "tracks.ends": { array: ids.ends },
  };
  if (catalogue.artists) {
    const numbers = new Map<string, number>();
    const artistOf = new Uint32Array(catalogue.artists.length);
    catalogue.artists.forEach((artist, track) => {
      let number = numbers.get(artist);
      if (number === undefined) numbers.set(artist, (number = numbers.size));
      artistOf[track] = number;
    });
    const names = packStrings([...numbers.keys()]);
    tensors["artists.text"] = { array: names.text };
    tensors["artists.ends"] = { array: names.ends };
    tensors["artists.of"] = { array: artistOf };
  }
  return tensors;
}

export function catalogueOf(tensors: Readonly<Record<string, Tensor>>): Catalogue {
  const tracks = strings(tensors, "tracks");
  const artistOf = tensors["artists.of"]?.array;
  if (!artistOf) return { tracks };
  const names = strings(tensors, "artists");
  return { tracks, artists: Array.from(artistOf, (artist) => names[artist]!) };
}

function strings(tensors: Readonly<Record<string, Tensor>>, name: string): string[] {
  const text = tensors[`${name}.text`]?.array;
  const ends = tensors[`${name}.ends`]?.array;
  if (!(text instanceof Uint8Array) || !(ends instanceof Uint32Array))
    throw new SegueError(`the catalogue holds no ${name}`, { code: "corrupt" });
  return unpackStrings({ text, ends });
}
