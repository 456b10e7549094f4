/**
 * Remembers which link was opened: reloading its page, or going back to it, must not undo later changes.
 */
import { tracksInLink } from "./formats.js";
import { keep, kept } from "./kept.js";

const key = "segue-link";
let open = kept<string>(key) ?? "";
/** The history state of a page whose link was opened. Pasting the same link again makes a new page without it. */
const mark = "opened";

/** The tracks of the link in the address bar; empty if there is none, or it was already opened in this tab. */
export function linkToOpen(): string[] {
  return open === location.hash && history.state === mark ? [] : tracksInLink(location.hash);
}

/** Replaces the link in the address bar by one that counts as opened, since its tracks are those of the playlist. */
export function showLink(hash: string): void {
  open = hash;
  keep(key, hash);
  history.replaceState(mark, "", hash);
}
