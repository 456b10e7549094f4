/**
 * Playlists and queries as JSON lines: `{"playlist_id": "…", "tracks": ["…", …]}` and `{"context": ["…", …], "next": "…"}`.
 */
import { aFunction, asWritten, besideWork, misuse, requireOptions, SegueError } from "../system/index.js";
import { type Corpus, CorpusBuilder } from "./corpus.js";
import { type Complain, type ReadOptions, readJsonLines } from "./json-lines.js";

/** A question with its answer: what was played, and what was played next. */
export interface Query {
  /** Track ids in playing order; may be empty, if only the title is known. */
  readonly context: readonly string[];
  /** The track that was played next. */
  readonly next: string;
  readonly title?: string;
}

export interface SequencesOptions extends ReadOptions {
  /** Called with the place ("plays.jsonl:17") of each playlist without tracks, which is left out. Default: it is an error. */
  readonly onEmpty?: (place: string) => void;
}

/**
 * Reads playlists into one corpus, in the order of files and lines.
 *
 * A line holds "playlist_id" and "tracks" (a list of track ids), each id text or a whole number below 2^53, and may hold "artists"
 * (one per track) and "title". Other fields are ignored.
 *
 * @param paths one file or several, each plain or gzipped
 * @throws SegueError naming file and line; also if there is no playlist with tracks
 */
export async function readSequences(
  paths: string | readonly string[],
  options: SequencesOptions = {},
): Promise<Corpus> {
  requireOptions(options, { onEmpty: aFunction, ...besideWork }, "readSequences");
  const { onEmpty, ...reading } = options;
  const builder = new CorpusBuilder();
  let count = 0;
  for (const path of listOf(paths)) {
    await readJsonLines(
      path,
      '{"playlist_id": "p1", "tracks": ["Artist-Track", …]}',
      (line, complain, number) => {
        const id = playlistId(line.playlist_id, complain);
        const tracks = ids(line.tracks, "tracks", complain);
        if (tracks.length === 0)
          return onEmpty ? onEmpty(`${path}:${number}`) : complain('"tracks" is an empty list');
        const title = titleOf(line.title, complain);
        builder.add({ id, tracks, artists: artistsOf(line.artists, tracks.length, complain), title });
        count++;
      },
      reading,
    );
  }
  if (count === 0) throw nothingIn(paths, "playlists with tracks");
  return builder.build();
}

/**
 * Reads queries, in the order of files and lines. A line holds "context" (track ids, may be empty) and "next", and may hold
 * "title".
 *
 * @throws SegueError naming file and line; also if there is no query at all
 */
export async function readQueries(
  paths: string | readonly string[],
  options?: ReadOptions,
): Promise<Query[]> {
  const queries: Query[] = [];
  for (const path of listOf(paths)) {
    await readJsonLines(
      path,
      '{"context": ["Artist-Track", …], "next": "Artist-Track"}',
      (line, complain) => {
        const context = ids(line.context, "context", complain);
        if (line.next === undefined) complain('"next" is missing');
        const next = trackId(line.next, "next", complain);
        const title = titleOf(line.title, complain);
        queries.push(title === undefined ? { context, next } : { context, next, title });
      },
      options,
    );
  }
  if (queries.length === 0) throw nothingIn(paths, "queries");
  return queries;
}

/** @throws SegueError (misuse) if it is neither a path nor a list of paths */
function listOf(paths: string | readonly string[]): readonly string[] {
  const list: unknown = typeof paths === "string" ? [paths] : paths;
  if (Array.isArray(list) && list.every((path) => typeof path === "string")) return list;
  throw misuse("the files must be a path or a list of paths", 'write "playlists.jsonl"');
}

function nothingIn(paths: string | readonly string[], what: string): SegueError {
  return new SegueError(`${listOf(paths).join(", ") || "no file"}: holds no ${what}`, { code: "bad-input" });
}

function playlistId(value: unknown, complain: Complain): string {
  if (value === undefined) complain('"playlist_id" is missing');
  if (typeof value === "string" && value !== "") {
    requireWellFormed(value, "playlist_id", complain);
    return value;
  }
  if (Number.isSafeInteger(value)) return String(value);
  return complain(`"playlist_id" should be text, found ${asWritten(value)}`);
}

function ids(value: unknown, field: string, complain: Complain): string[] {
  if (value === undefined) complain(`"${field}" is missing`);
  if (!Array.isArray(value))
    return complain(`"${field}" should be a list of track ids, found ${asWritten(value)}`);
  return value.map((id, i) => trackId(id, field, complain, i));
}

/** JSON rounds numbers from 2^53 on: two such ids could become one. */
function trackId(value: unknown, field: string, complain: Complain, index?: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  if (typeof value !== "string" || value === "")
    return complain(`${placeOf(field, index)} should be a track id, found ${asWritten(value)}`);
  requireWellFormed(value, field, complain, index);
  return value;
}

const placeOf = (field: string, index?: number) => `"${field}"${index === undefined ? "" : `[${index}]`}`;

function artistsOf(value: unknown, length: number, complain: Complain): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) return complain(`"artists" should be a list, found ${asWritten(value)}`);
  if (value.length !== length) {
    complain(`"artists" holds ${value.length} names for ${length} tracks; it should hold one per track`);
  }
  for (let i = 0; i < value.length; i++) {
    if (typeof value[i] !== "string")
      complain(`"artists"[${i}] should be text, found ${asWritten(value[i])}`);
    requireWellFormed(value[i], "artists", complain, i);
  }
  return value;
}

/**
 * JSON can encode a lone surrogate ("\ud800"), but UTF-8 cannot: two such ids would become one in a file of vectors. Other forms of
 * playlists hold no NUL either.
 */
function requireWellFormed(text: string, field: string, complain: Complain, index?: number): void {
  if (text.includes("\0"))
    complain(`${placeOf(field, index)} should be text without NUL, found ${asWritten(text)}`);
  if (text.isWellFormed()) return;
  complain(
    `${placeOf(field, index)} should be well-formed Unicode, found half of a surrogate pair in ${asWritten(text)}`,
  );
}

function titleOf(value: unknown, complain: Complain): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") return complain(`"title" should be text, found ${asWritten(value)}`);
  requireWellFormed(value, "title", complain);
  return value;
}
