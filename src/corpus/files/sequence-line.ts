/** The types in a line of sequences: `{"playlist_id": "…", "tracks": ["…", …], "artists"?: ["…", …], "title"?: "…"}`. */
import { asWritten } from "../../system/index.js";

/** Text, or a whole number below 2^53: JSON rounds others, so that two ids could become one. */
export type Id = string | number;

/** A line of these types. Its texts may be empty, or of no use as names: `flawOf`. */
export interface SequenceLine {
  readonly playlist_id: Id;
  readonly tracks: readonly Id[];
  readonly artists?: readonly string[] | null;
  readonly title?: string | null;
}

/** What is wrong with a value as a `SequenceLine`; undefined if nothing is. */
export function problemOfSequence(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return `expected an object, found ${asWritten(value)}`;
  const { playlist_id, tracks, artists = null, title } = value as Partial<Record<string, unknown>>;
  return (
    problemOfId(playlist_id, '"playlist_id"', "text") ??
    problemOfIds(tracks, "tracks") ??
    (artists === null ? undefined : problemOfArtists(artists, (tracks as unknown[]).length)) ??
    problemOfTitle(title)
  );
}

/** @param place the field, for the message @param what the value should be */
export function problemOfId(value: unknown, place: string, what = "a track id"): string | undefined {
  if (isId(value)) return undefined;
  return value === undefined
    ? `${place} is missing`
    : `${place} should be ${what}, found ${asWritten(value)}`;
}

export function problemOfIds(value: unknown, field: string): string | undefined {
  if (value === undefined) return `"${field}" is missing`;
  if (!Array.isArray(value)) return `"${field}" should be a list of track ids, found ${asWritten(value)}`;
  for (let i = 0; i < value.length; i++)
    if (!isId(value[i])) return problemOfId(value[i] ?? null, `"${field}"[${i}]`);
  return undefined;
}

export const problemOfTitle = (value: unknown): string | undefined =>
  value === undefined || value === null || typeof value === "string"
    ? undefined
    : `"title" should be text, found ${asWritten(value)}`;

function problemOfArtists(value: unknown, length: number): string | undefined {
  if (!Array.isArray(value)) return `"artists" should be a list, found ${asWritten(value)}`;
  if (value.length !== length)
    return `"artists" holds ${value.length} names for ${length} tracks; it should hold one per track`;
  const odd = value.findIndex((artist) => typeof artist !== "string");
  return odd === -1 ? undefined : `"artists"[${odd}] should be text, found ${asWritten(value[odd])}`;
}

const isId = (value: unknown): value is Id => typeof value === "string" || Number.isSafeInteger(value);
