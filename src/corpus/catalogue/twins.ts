/**
 * Twins: one recording under several titles ("Song - Radio Edit", "Song (Remastered 2009)", "Song"). Live takes, covers,
 * remixes and acoustic versions are other recordings, not twins.
 */
import { normalized } from "../../system/index.js";
import type { Catalogue } from "../corpus.js";

const year = String.raw`(?:19|20)\d{2}`;
const release = [
  String.raw`(?:${year}\s+)?(?:digital(?:ly)?\s+)?re-?master(?:ed)?(?:\s+(?:version|edition|album version))?(?:\s+(?:in\s+)?${year})?`,
  String.raw`radio\s+(?:edit|version|mix|cut)`,
  String.raw`(?:(?:full\s+)?(?:single|album|lp|ep)|original|mono|stereo|explicit|clean|main|bonus\s+track)\s+(?:version|edit|mix)`,
  String.raw`(?:${year}\s+)?(?:mono|stereo)(?:\s+${year})?`,
  "explicit|clean|edit|bonus track|original",
].join("|");

/** A release tag at the end of a title, after a dash or in brackets. */
const addition = new RegExp(String.raw` ?(?: [-–—] (?:${release})|[([](?:${release})[)\]])$`, "iu");
/** No tag is longer. Looking for it only there takes linear time for any title. */
const longestAddition = 64;

/** The key that twins share: the id in lower case, without release tags at its end, runs of spaces collapsed. */
export function twinKey(track: string): string {
  let key = normalized(track, "NFKC").replace(/\s+/gu, " ").trim();
  for (;;) {
    const tag = addition.exec(key.slice(-longestAddition))?.[0];
    if (tag === undefined || tag.length === key.length) break;
    key = key.slice(0, -tag.length);
  }
  return key.toLowerCase();
}

/** For each track, the number of its first twin other than itself, or -1. */
export function findTwins({ tracks }: Catalogue): Int32Array {
  const groups = new Map<string, number[]>();
  for (let i = 0; i < tracks.length; i++) {
    const key = twinKey(tracks[i]!);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  }
  const twins = new Int32Array(tracks.length).fill(-1);
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    for (const track of group) twins[track] = track === group[0] ? group[1]! : group[0]!;
  }
  return twins;
}
