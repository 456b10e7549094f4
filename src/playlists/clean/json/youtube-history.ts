/**
 * The watch history of YouTube and YouTube Music from Google Takeout (`watch-history.json`). A play is described by a sentence in the
 * language of the account, "Watched Uprising", and by a channel. The artist is certain only for the channels that YouTube keeps for
 * an artist's songs, "Muse - Topic".
 */
import { trimmed } from "../names/tidy-name.js";
import type { RejectReason } from "../rejects.js";
import { isObject } from "./json-playlist.js";

/** A play, with usual names of columns as keys. */
export interface WatchedSong {
  readonly artist: string;
  readonly track: string;
  readonly timestamp: string;
  /** The same under the file's own key, which is not a usual name: in other files it is a duration. */
  readonly time: string;
}

/** Why an entry is not a song, for the rejects. */
export interface NoSong {
  readonly reason: RejectReason;
  readonly detail: string;
  /** Advice that may help. */
  readonly remedy?: string;
}

/** The words before and after a title. */
type Frame = readonly [before: string, behind: string];

/** English, French, Spanish, Italian, Polish, German, Japanese, Korean. */
const knownFrames: readonly Frame[] = [
  ["Watched ", ""],
  ["Vous avez regardé ", ""],
  ["Has visto ", ""],
  ["Hai guardato ", ""],
  ["Obejrzano: ", ""],
  ["", " angesehen"],
  ["", " を視聴しました"],
  ["", " 을(를) 시청했습니다."],
];

/** The channel of an artist's songs, in English, German and Spanish. */
const songsOf = /^(.+?)(?<!\s)\s+[-–]\s+(?:Topic|Thema|Tema)$/;
/** "Artists" of such channels whose songs have no known artist. */
const nobody = ["Release", "Various Artists"];

/**
 * Makes a function that finds the song of an entry.
 *
 * @param entries those of one file, or the first of them
 * @returns undefined if it is not such a history
 */
export function watchedSongs(
  entries: readonly unknown[],
): ((entry: unknown) => WatchedSong | NoSong) | undefined {
  if (!isWatched(entries[0])) return undefined;
  const frames = [...framesIn(entries), ...knownFrames];
  return (entry) => {
    if (!isWatched(entry)) return { reason: "not a play", detail: "expected an entry of a history" };
    const { title, titleUrl, time } = entry;
    const channel = channelOf(entry);
    const artist = songsOf.exec(channel)?.[1];
    if (artist === undefined || nobody.includes(artist))
      return { reason: "not a song", detail: channel === "" ? "no channel" : `of the channel "${channel}"` };
    const track = frames.flatMap((frame) => framed(title, frame) ?? []).at(0);
    if (track === undefined)
      return {
        reason: "not a play",
        detail: `cannot tell the title in "${title}"`,
        remedy:
          "Segue knows this sentence in some languages only: set the language of the account to English, and export it again",
      };
    if (track === titleUrl) return { reason: "empty track", detail: "only its address is there" };
    return { artist, track, timestamp: time, time };
  };
}

interface Watched {
  readonly title: string;
  readonly time: string;
  readonly titleUrl?: unknown;
  readonly subtitles?: unknown;
}

function isWatched(entry: unknown): entry is Watched {
  return (
    isObject(entry) &&
    typeof entry.header === "string" &&
    entry.header.startsWith("YouTube") &&
    typeof entry.title === "string" &&
    typeof entry.time === "string"
  );
}

function channelOf({ subtitles }: Watched): string {
  const first: unknown = Array.isArray(subtitles) ? subtitles[0] : undefined;
  return isObject(first) && typeof first.name === "string" ? trimmed(first.name) : "";
}

/** Learns the words around titles in any language: the title of a deleted video is its URL. */
function framesIn(entries: readonly unknown[]): Frame[] {
  const frames = new Map<string, Frame>();
  for (const entry of entries) {
    if (!isWatched(entry) || typeof entry.titleUrl !== "string" || !/[/]watch\?v=/.test(entry.titleUrl))
      continue;
    const [before, behind, more] = entry.title.split(entry.titleUrl);
    if (before === undefined || behind === undefined || more !== undefined || before + behind === "")
      continue;
    frames.set(JSON.stringify([before, behind]), [before, behind]);
  }
  return [...frames.values()];
}

/** The title within the frame; undefined if the text does not have it. */
function framed(text: string, [before, behind]: Frame): string | undefined {
  // Spaces may be non-breaking.
  const plain = (part: string) => part.replace(/\s/g, " ");
  const isIn =
    text.length > before.length + behind.length &&
    plain(text.slice(0, before.length)) === plain(before) &&
    (behind === "" || plain(text.slice(-behind.length)) === plain(behind));
  return isIn ? trimmed(text.slice(before.length, text.length - behind.length)) : undefined;
}
