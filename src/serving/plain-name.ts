/** A track as it is called without what its name says beside: guests and marks of release. */
import { twinKey } from "../corpus/index.js";

/** As `--merge-versions` leaves them out, of the artist too: "A feat. B - Song (ft. C)". */
const guests =
  /\s*[([](?:feat\.?|ft\.?|featuring|with)\s[^)\]]*[)\]]|\s+(?:feat\.?|ft\.?|featuring)\s.*?(?=\s[-–—]\s|$)/giu;

export const plainName = (track: string): string => twinKey(track.replace(guests, ""));
