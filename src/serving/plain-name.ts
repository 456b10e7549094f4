/** A track as it is called without what its name says beside: guests and marks of release. */
import { twinKey } from "../corpus/index.js";

/** As `--merge-versions` leaves them out, of the artist too: "A feat. B - Song (ft. C)". */
const guests =
  /\s*[([](?:feat\.?|ft\.?|featuring|with)\s[^)\]]*[)\]]|\s+(?:feat\.?|ft\.?|featuring)\s.*?(?=\s[-–—]\s|$)/giu;

/** No name is longer, and the time that patterns take grows faster than the text. */
const longestName = 500;

export function plainName(track: string): string {
  const name = track.replace(/\s+/gu, " ");
  return name.length > longestName ? name : twinKey(name.replace(guests, titleBehind));
}

/** Guests of the artist may have the title right behind them: "A feat. B-Song". */
function titleBehind(guest: string, at: number, name: string): string {
  const title = guest.lastIndexOf("-");
  return title < 0 || /^\s*[([]/.test(guest) || name.lastIndexOf("-", at) >= 0 ? "" : guest.slice(title);
}
