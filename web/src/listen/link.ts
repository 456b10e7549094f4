/**
 * Which link of the address bar is open: going back to a page whose link was opened, or loading it again, must not undo what was
 * done since.
 */
import { tracksInLink } from "./formats.js";
import { keep, kept } from "./kept.js";

const key = "segue-link";
let open = kept<string>(key) ?? "";
/** Kept with a page of the browser's history: the same link that is pasted again is a page of its own. */
const mark = "opened";

/** The tracks of the link in the address bar; empty if there is none, or it was already opened in this tab. */
export function linkToOpen(): string[] {
  return open === location.hash && history.state === mark ? [] : tracksInLink(location.hash);
}

/** Puts a link into the address bar, in place of what is there, as one that needs no opening: its tracks are the playlist's. */
export function showLink(hash: string): void {
  open = hash;
  keep(key, hash);
  history.replaceState(mark, "", hash);
}
