/**
 * An invented world of music from which sample playlists are drawn. It has structure that a recommender can learn and
 * popularity alone does not show:
 *
 * - genres, each a ring of scenes, each scene 40 tracks that are played together;
 * - artists with a power-law number of tracks, which are consecutive and may reach into the next scene;
 * - power-law popularity of tracks (a Pareto weight of the artist times one of the track);
 * - for each track, three tracks that often follow it.
 *
 * Everything is derived from the seed and the track's number, so memory is a few bytes per track at any size.
 */
import { Random } from "../../system/index.js";

const tracksPerScene = 40;

export class World {
  readonly tracks: number;
  readonly genres: number;
  /** The number of each track's artist. */
  readonly artistOf: Int32Array;
  /** Each track's index among the tracks of its artist, from 0. */
  readonly localOf: Uint16Array;
  readonly #weights: Float32Array;
  /** Cumulative weights of the scenes, for drawing one by popularity. */
  readonly #sceneSums: Float64Array;
  readonly #scenes: number;
  readonly #seed: number;

  constructor(seed: number, tracks: number, genres: number) {
    const random = new Random(seed);
    this.#seed = seed >>> 0;
    this.genres = genres;
    // Each genre has the same number of scenes, at least three.
    const scenesPerGenre = Math.max(3, Math.round(tracks / tracksPerScene / genres));
    this.#scenes = scenesPerGenre * genres;
    this.tracks = this.#scenes * tracksPerScene;
    this.artistOf = new Int32Array(this.tracks);
    this.localOf = new Uint16Array(this.tracks);
    this.#weights = new Float32Array(this.tracks);
    let artist = -1;
    let left = 0;
    let local = 0;
    let fame = 1;
    for (let track = 0; track < this.tracks; track++) {
      if (left === 0 || track % (scenesPerGenre * tracksPerScene) === 0) {
        artist++;
        local = 0;
        left = Math.min(60, Math.floor((1 - random.next()) ** -0.8));
        fame = Math.max(1 - random.next(), 1e-4) ** -0.3;
      }
      left--;
      this.artistOf[track] = artist;
      this.localOf[track] = local++;
      this.#weights[track] = fame * Math.max(1 - random.next(), 1 / this.tracks) ** -0.6;
    }
    this.#sceneSums = new Float64Array(this.#scenes);
    let sum = 0;
    for (let scene = 0; scene < this.#scenes; scene++) {
      for (let i = 0; i < tracksPerScene; i++) sum += this.#weights[scene * tracksPerScene + i]!;
      this.#sceneSums[scene] = sum;
    }
  }

  get #scenesPerGenre(): number {
    return this.#scenes / this.genres;
  }

  genreOf(scene: number): number {
    return Math.floor(scene / this.#scenesPerGenre);
  }

  sceneOf(track: number): number {
    return Math.floor(track / tracksPerScene);
  }

  /** Draws a scene by popularity, from one genre or, by default, from all. */
  pickScene(random: Random, genre?: number): number {
    const from = genre === undefined ? 0 : genre * this.#scenesPerGenre;
    const to = genre === undefined ? this.#scenes : from + this.#scenesPerGenre;
    const low = from === 0 ? 0 : this.#sceneSums[from - 1]!;
    const wanted = low + random.next() * (this.#sceneSums[to - 1]! - low);
    let first = from;
    let last = to - 1;
    while (first < last) {
      const middle = (first + last) >> 1;
      if (this.#sceneSums[middle]! > wanted) last = middle;
      else first = middle + 1;
    }
    return first;
  }

  /** The next scene in the genre's ring. */
  sceneAfter(scene: number): number {
    const begin = this.genreOf(scene) * this.#scenesPerGenre;
    return begin + ((scene - begin + 1) % this.#scenesPerGenre);
  }

  /** Draws a track of a scene by popularity. */
  pickTrack(random: Random, scene: number): number {
    return this.#trackAt(scene, random.next());
  }

  /** Draws one of the three tracks that often follow `track`, with probabilities 0.6, 0.25 and 0.15. */
  pickFollower(random: Random, track: number): number {
    const draw = random.next();
    const choice = draw < 0.6 ? 0 : draw < 0.85 ? 1 : 2;
    const scene = this.sceneOf(track);
    // The third leads to the next scene.
    const target = choice === 2 ? this.sceneAfter(scene) : scene;
    return this.#trackAt(target, mix(this.#seed, track * 3 + choice) / 2 ** 32);
  }

  /** The track of a scene at a share in [0, 1) of the scene's cumulative weight. */
  #trackAt(scene: number, share: number): number {
    const begin = scene * tracksPerScene;
    const low = scene === 0 ? 0 : this.#sceneSums[scene - 1]!;
    let left = share * (this.#sceneSums[scene]! - low);
    for (let track = begin; track < begin + tracksPerScene - 1; track++) {
      left -= this.#weights[track]!;
      if (left < 0) return track;
    }
    return begin + tracksPerScene - 1;
  }
}

/** A 32-bit hash of two numbers. */
export function mix(seed: number, value: number): number {
  let z = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(value, 0xc2b2ae35)) >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x7feb352d);
  z = Math.imul(z ^ (z >>> 15), 0x846ca68b);
  return (z ^ (z >>> 16)) >>> 0;
}
