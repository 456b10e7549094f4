/**
 * Playlists and queries as JSON lines: `{"playlist_id": "…", "tracks": ["…", …]}` and `{"context": ["…", …], "next": "…"}`.
 */
import { aFunction, asWritten, besideWork, misuse, requireOptions, SegueError } from "../../system/index.js";
import { type Corpus, CorpusBuilder } from "../corpus.js";
import { flawOf } from "./flaw.js";
import { type Complain, type ReadOptions, readJsonLines } from "./json-lines.js";
import {
  type Id,
  problemOfId,
  problemOfIds,
  problemOfSequence,
  problemOfTitle,
  type SequenceLine,
} from "./sequence-line.js";

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
        const problem = problemOfSequence(line);
        if (problem !== undefined) complain(problem);
        const { playlist_id, tracks, artists, title } = line as unknown as SequenceLine;
        if (tracks.length === 0)
          return onEmpty ? onEmpty(`${path}:${number}`) : complain('"tracks" is an empty list');
        builder.add({
          id: idOf(playlist_id, "playlist_id", complain),
          tracks: tracks.map((id, i) => idOf(id, "tracks", complain, i)),
          artists: artists?.map((artist, i) => nameOf(artist, "artists", complain, i)),
          title: title === undefined || title === null ? undefined : nameOf(title, "title", complain),
        });
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
  options: ReadOptions = {},
): Promise<Query[]> {
  requireOptions(options, besideWork, "readQueries");
  const queries: Query[] = [];
  for (const path of listOf(paths)) {
    await readJsonLines(
      path,
      '{"context": ["Artist-Track", …], "next": "Artist-Track"}',
      ({ context, next, title }, complain) => {
        const problem =
          problemOfIds(context, "context") ?? problemOfId(next, '"next"') ?? problemOfTitle(title);
        if (problem !== undefined) complain(problem);
        const named = typeof title === "string" && { title: nameOf(title, "title", complain) };
        queries.push({
          context: (context as Id[]).map((id, i) => idOf(id, "context", complain, i)),
          next: idOf(next as Id, "next", complain),
          ...named,
        });
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

function idOf(id: Id, field: string, complain: Complain, index?: number): string {
  if (id === "") complain(`${placeOf(field, index)} is empty`);
  return typeof id === "string" ? nameOf(id, field, complain, index) : String(id);
}

function nameOf(text: string, field: string, complain: Complain, index?: number): string {
  const flaw = flawOf(text);
  if (flaw !== undefined)
    complain(`${placeOf(field, index)} should be text without ${flaw}, found ${asWritten(text)}`);
  return text;
}

const placeOf = (field: string, index?: number) => `"${field}"${index === undefined ? "" : `[${index}]`}`;
