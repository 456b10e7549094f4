/** The name of a track, or of an artist, without guests and release tags. */
import { twinKey } from "./twins.js";

/** Guests as `--merge-versions` removes them, also after the artist: "A feat. B - Song (ft. C)". */
const guests =
  /\s*[([](?:feat\.?|ft\.?|featuring|with)\s[^)\]]*[)\]]|\s+(?:feat\.?|ft\.?|featuring)\s.*?(?=\s[-–—]\s|$)/giu;

/** Longer texts are no names, and the patterns take more than linear time. */
const longestName = 500;

export function plainName(track: string): string {
  const name = track.replace(/\s+/gu, " ");
  return name.length > longestName ? name : twinKey(name.replace(guests, titleBehind));
}

/** Keeps the title if it directly follows the artist's guests: "A feat. B-Song". */
function titleBehind(guest: string, at: number, name: string): string {
  const title = guest.lastIndexOf("-");
  return title < 0 || /^\s*[([]/.test(guest) || name.lastIndexOf("-", at) >= 0 ? "" : guest.slice(title);
}
