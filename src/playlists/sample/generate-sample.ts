/**
 * Generates sample playlists in the form of the #nowplaying data, quirks included: a header with stray spaces, quotes escaped
 * by `\`, users with several playlists, playlists too short to use, two releases of one song.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import {
  misuse,
  numberWithin,
  type Progress,
  Random,
  requireWithin,
  silent,
  throttled,
  wholeNumber,
  writeAtomically,
  writeFileAtomic,
} from "../../system/index.js";
import { artistName, genreWords, playlistTitle, trackName, twinName } from "./words.js";
import { mix, World } from "./world.js";

export interface SampleOptions {
  /** The same seed and size give the same bytes. Default: 42. */
  readonly seed?: number;
  /** The number of playlists. Default: 2,000, some 60,000 rows. */
  readonly playlists?: number;
  /** The number of rows, instead of `playlists`; the last playlist is cut to fit. */
  readonly rows?: number;
  /** Mean number of tracks of a playlist, from 1 to 1,000; the longest has at most ten times as many. Default: 30. */
  readonly meanLength?: number;
  /** The CSV file to write; gzipped if its name ends in ".gz". */
  readonly output: string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface SampleFacts {
  readonly output: string;
  /** The path of the note beside it, which says that it is generated. */
  readonly note: string;
  readonly rows: number;
  readonly playlists: number;
  readonly users: number;
  readonly seed: number;
  readonly seconds: number;
}

const defaultMeanLength = 30;
const defaultPlaylists = 2000;
/** Names that promise another format; other extensions (.txt) promise none. */
const otherFormat = /\.(parquet|jsonl?|ndjson|xlsx?|zip|zst|bz2|xz)(\.gz)?$/i;
const header = '"user_id", "artistname", "trackname", "playlistname"\n';

/**
 * Writes sample playlists, and beside them a note that they are generated. The file is streamed: memory grows with the number
 * of distinct tracks (a sixth of the rows, 10 bytes each).
 *
 * @throws SegueError (misuse) if both `playlists` and `rows` are given, a number is out of range, or the name of `output` is
 *   that of another format
 */
export async function generateSample(options: SampleOptions): Promise<SampleFacts> {
  const started = performance.now();
  const { seed = 42, output, meanLength = defaultMeanLength } = options;
  if (options.playlists !== undefined && options.rows !== undefined)
    throw misuse("both playlists and rows are given", "give the number of playlists or of rows, not both");
  for (const [name, value] of Object.entries({ playlists: options.playlists, rows: options.rows }))
    if (value !== undefined) requireWithin(wholeNumber(1), name, value);
  requireWithin(numberWithin({ least: 1, most: 1000 }), "meanLength", meanLength);
  requireWithin(wholeNumber(), "seed", seed);
  if (otherFormat.test(output))
    throw misuse(`${output} is not the name of a CSV file`, "name it .csv, or .csv.gz to have it gzipped");
  const wantedPlaylists = options.rows === undefined ? (options.playlists ?? defaultPlaylists) : Infinity;
  const wantedRows = options.rows ?? Infinity;
  const expectedRows = options.rows ?? wantedPlaylists * meanLength;

  const progress = throttled(options.progress ?? silent);
  const counts = { rows: 0, playlists: 0, users: 0 };
  await writeAtomically(output, async (temporary) => {
    const file = createWriteStream(temporary, { flags: "wx" });
    const stream = output.endsWith(".gz") ? createGzip({ level: 6 }) : file;
    if (stream !== file) stream.pipe(file);
    let text = header;
    try {
      for (const playlist of playlistsOf(seed, expectedRows, meanLength)) {
        if (counts.playlists === wantedPlaylists || counts.rows === wantedRows) break;
        counts.playlists++;
        counts.users = playlist.user + 1;
        const length = Math.min(playlist.rows.length, wantedRows - counts.rows);
        for (let i = 0; i < length; i++) text += playlist.rows[i]!;
        counts.rows += length;
        if (text.length > 1 << 18) {
          options.signal?.throwIfAborted();
          if (!stream.write(text)) await once(stream, "drain");
          text = "";
          progress({ task: "generating", done: counts.rows, total: expectedRows, unit: "rows" });
        }
      }
      stream.end(text);
      await finished(file);
    } catch (error) {
      stream.destroy();
      file.destroy();
      throw error;
    }
  });
  progress({ task: "generating", done: counts.rows, total: counts.rows, unit: "rows" });
  const note = `${output.replace(/(\.csv)?(\.gz)?$/, "")}.generated.txt`;
  await writeFileAtomic(note, noteText(output, seed, counts));
  return { output, note, ...counts, seed, seconds: (performance.now() - started) / 1000 };
}

function noteText(output: string, seed: number, counts: { rows: number; playlists: number }): string {
  return `${output.replace(/^.*[\\/]/, "")} is generated by \`segue sample --seed ${seed}\`: ${counts.playlists} playlists, ${
    counts.rows
  } rows.\nNone of its users, artists, tracks or playlists exist. It is for trying Segue out; figures measured on it say\nnothing about real listeners.\n`;
}

/** An endless sequence of playlists, as lines of CSV. */
function* playlistsOf(
  seed: number,
  expectedRows: number,
  meanLength: number,
): Generator<{ user: number; rows: string[] }> {
  const world = new World(seed, Math.max(600, expectedRows / 6), genreWords.length);
  const random = new Random(seed ^ 0x5e9e);
  const namer = new Namer(seed, world);
  for (let user = 0; ; user++) {
    const userId = createHash("md5").update(`segue sample ${seed} ${user}`).digest("hex");
    const home = random.below(world.genres);
    const titles = new Set<string>();
    const count = Math.min(30, 1 + Math.floor(-Math.log(1 - random.next()) * 1.6));
    for (let i = 0; i < count; i++) {
      const genre = random.next() < 0.6 ? home : random.below(world.genres);
      let title = playlistTitle(genre, random.uint32());
      while (titles.has(title)) title += ` ${titles.size + 1}`;
      titles.add(title);
      const end = `","${escaped(title)}"\n`;
      const begin = `"${userId}","`;
      yield {
        user,
        rows: tracksOf(world, random, genre, meanLength).map(
          (track) => begin + namer.fields(track, random) + end,
        ),
      };
    }
  }
}

/** One playlist: a random walk over tracks that mostly stays nearby. */
function tracksOf(world: World, random: Random, genre: number, meanLength: number): number[] {
  const drawn = Math.exp(2.95 + 0.93 * random.normal()) * (meanLength / defaultMeanLength);
  const length = Math.max(1, Math.round(Math.min(meanLength * 10, drawn)));
  let scene = world.pickScene(random, genre);
  let track = world.pickTrack(random, scene);
  const tracks = [track];
  const played = new Set(tracks);
  while (tracks.length < length) {
    let next = track;
    for (let attempt = 0; attempt < 5; attempt++) {
      const draw = random.next();
      if (draw < 0.4 && attempt < 2) next = world.pickFollower(random, track);
      else if (draw < 0.8) next = world.pickTrack(random, scene);
      else if (draw < 0.92) next = world.pickTrack(random, world.sceneAfter(scene));
      else if (draw < 0.97) next = world.pickTrack(random, world.pickScene(random, genre));
      else next = world.pickTrack(random, world.pickScene(random));
      if (!played.has(next)) break;
    }
    // If all five draws were played already, the track repeats, as in real playlists.
    played.add(next);
    tracks.push(next);
    track = next;
    // A stray track from another genre does not move the playlist there.
    if (world.genreOf(world.sceneOf(next)) === genre) scene = world.sceneOf(next);
  }
  return tracks;
}

/** Names as they are written to the file, cached. */
class Namer {
  readonly #seed: number;
  readonly #world: World;
  readonly #known = new Map<number, { plain: string; twin: string | undefined }>();

  constructor(seed: number, world: World) {
    this.#seed = mix(seed, 7) >>> 1;
    this.#world = world;
  }

  fields(track: number, random: Random): string {
    let names = this.#known.get(track);
    if (names === undefined) {
      const artist = this.#world.artistOf[track]!;
      const local = this.#world.localOf[track]!;
      const by = `${escaped(artistName(this.#seed, artist))}","`;
      const name = trackName(this.#seed, artist, local);
      const twin = twinName(this.#seed, artist, local, name);
      names = { plain: by + escaped(name), twin: twin === undefined ? undefined : by + escaped(twin) };
      if (this.#known.size >= 200_000) this.#known.clear();
      this.#known.set(track, names);
    }
    return names.twin !== undefined && random.next() < 0.3 ? names.twin : names.plain;
  }
}

function escaped(text: string): string {
  return text.replace(/[\\"]/g, "\\$&");
}
