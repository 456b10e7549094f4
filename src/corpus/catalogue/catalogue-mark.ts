/** Identifies a catalogue, so that a recommender can recognise the one its track numbers refer to. */
import { createHash } from "node:crypto";
import { remembered } from "../../system/index.js";

export interface CatalogueMark {
  readonly tracks: number;
  /** The first 16 hex digits of the SHA-256 of the ids, in order. */
  readonly ids: string;
}

const marks = new WeakMap<readonly string[], CatalogueMark>();
const idsAtOnce = 10_000;

/** The mark of a list of tracks. The first call takes one pass over the list, which must not change afterwards. */
export function catalogueMark(tracks: readonly string[]): CatalogueMark {
  return remembered(marks, tracks, () => {
    const hash = createHash("sha256");
    for (let at = 0; at < tracks.length; at += idsAtOnce)
      hash.update(`${tracks.slice(at, at + idsAtOnce).join("\0")}\0`);
    return { tracks: tracks.length, ids: hash.digest("hex").slice(0, 16) };
  });
}
