/** Converts JSON objects that hold a playlist under other keys into the form of sequences. */

/** A playlist in the form of a line of sequences, not yet validated. */
export interface LooseSequence {
  readonly playlist_id: unknown;
  /** Whether it has an id; otherwise `playlist_id` is its name. */
  readonly hasId: boolean;
  readonly title?: unknown;
  /** Whether its tracks are given as ids; otherwise ids are made of artist and title. */
  readonly hasTrackIds: boolean;
  readonly tracks: readonly unknown[];
  readonly artists?: readonly string[];
}

/**
 * Sources of these words include the Million Playlist Dataset (pid, artist_name), the data that Spotify gives its users (items,
 * artistName), its web API (artists, a list of objects with a name), JSPF, which is XSPF in JSON (a playlist with a list called track,
 * creator), MusicBrainz (artist-credit), and lists that people wrote themselves.
 */
const words = {
  id: ["playlist_id", "pid", "id"],
  title: ["title", "name", "playlist", "playlist_name", "playlistName"],
  tracks: ["tracks", "items", "songs", "track"],
  artist: ["artist", "artist_name", "artistName", "artists", "creator", "artist-credit"],
  track: ["track", "track_name", "trackName", "name", "title", "song"],
} as const;

/**
 * The playlist in a value: a list of tracks, or an object that holds one; undefined for anything else, which may be a row. A track
 * is a string, a number, or an object with artist and track.
 *
 * @param name for playlists without a name
 */
export function asSequence(value: unknown, name: string): LooseSequence | undefined {
  if (Array.isArray(value)) return { playlist_id: name, hasId: false, ...tracksOf(value, undefined) };
  if (!isObject(value)) return undefined;
  // A JSPF document.
  if (isObject(value.playlist) && Array.isArray(value.playlist.track))
    return asSequence(value.playlist, name);
  const list = listOf(value);
  if (list === undefined) return undefined;
  const title = find(value, words.title);
  const id = find(value, words.id);
  return {
    hasId: id !== undefined,
    ...(id !== undefined ? { playlist_id: id, title } : { playlist_id: title ?? name }),
    ...tracksOf(list, value.artists),
  };
}

/** The list of tracks in an object; Spotify's API wraps it in another object. */
function listOf(value: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  const found = find(value, words.tracks);
  if (Array.isArray(found)) return found;
  return isObject(found) && Array.isArray(found.items) ? found.items : undefined;
}

/** @param artists what is beside the list: of ids, their artists if it has a name for each */
function tracksOf(
  list: readonly unknown[],
  artists: unknown,
): Pick<LooseSequence, "hasTrackIds" | "tracks" | "artists"> {
  if (!list.some(isObject)) {
    const ids = { hasTrackIds: true, tracks: list };
    return isNames(artists) && artists.length === list.length ? { ...ids, artists } : ids;
  }
  const plays = list.map(playOf);
  return {
    hasTrackIds: false,
    tracks: plays.map(({ artist, track }) => (track === "" ? "" : `${artist}-${track}`)),
    artists: plays.map(({ artist }) => artist),
  };
}

const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((name) => typeof name === "string");

function playOf(entry: unknown): { artist: string; track: string } {
  if (!isObject(entry)) return { artist: "", track: textOf(entry) };
  // Spotify's entries contain the track, or none if the entry is an episode.
  if (isObject(entry.track)) return playOf(entry.track);
  return { artist: textOf(find(entry, words.artist)), track: textOf(find(entry, words.track)) };
}

/** The text of a string, a number, the name of an object, or a list of these; "" for anything else. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(", ");
  if (isObject(value)) return textOf(value.name);
  return scalarText(value) ?? "";
}

/**
 * The text of a string or number; undefined for anything else, and for numbers from 2^53 on: JSON rounds them, so that several ids
 * would become one.
 */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
  return typeof value === "string" ? value : undefined;
}

function find(value: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  const name = names.find((each) => value[each] !== undefined && value[each] !== null);
  return name === undefined ? undefined : value[name];
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
