/** Which link of the address bar is open: going back to a page whose link was opened must not undo what was done since. */
import { tracksInLink } from "./formats.js";

let open = "";
/** Kept with a page of the browser's history; of an earlier load of the studio, it says nothing. */
const mark = `opened ${performance.timeOrigin}`;

/** The tracks of the link in the address bar; empty where there is none, or where it is the one that was opened here. */
export function linkToOpen(): string[] {
  return open === location.hash && history.state === mark ? [] : tracksInLink(location.hash);
}

/** Puts a link into the address bar, in place of what is there, as one that needs no opening: its tracks are the playlist's. */
export function showLink(hash: string): void {
  open = hash;
  history.replaceState(mark, "", hash);
}
