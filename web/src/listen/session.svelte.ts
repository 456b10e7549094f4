/** The playlist being made: its tracks, disliked tracks, undo history, and recommenders. It survives a change of view. */
import type { Track } from "../lib/api.js";
import { keep, kept } from "./kept.js";

interface Moment {
  readonly tracks: readonly Track[];
  readonly disliked: readonly string[];
}

const keys = { playlist: "segue-playlist", disliked: "segue-disliked", asked: "segue-recommenders" };
const asked = kept<readonly string[]>(keys.asked) ?? [];
let before = kept<string[]>(keys.playlist) ?? [];

/** The ids of the playlist before this tab was reloaded; empty on the second call. */
export function takeKept(): string[] {
  const ids = before;
  before = [];
  return ids;
}

class Session {
  tracks = $state.raw<readonly Track[]>([]);
  disliked = $state.raw<readonly string[]>(kept<string[]>(keys.disliked) ?? []);
  /** The recommender; empty until the server has listed them. */
  recommender = $state(asked[0] ?? "");
  /** The recommender to compare with; empty for none. */
  other = $state(asked[1] ?? "");
  /** How many tracks "Extend" adds. */
  more = $state(5);
  #past = $state.raw<readonly Moment[]>([]);

  get ids(): string[] {
    return this.tracks.map((track) => track.id);
  }

  keepRecommenders(): void {
    keep(keys.asked, [this.recommender, this.other]);
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  #change(tracks: readonly Track[], disliked = this.disliked): void {
    this.#past = [...this.#past.slice(-199), { tracks: this.tracks, disliked: this.disliked }];
    this.#set({ tracks, disliked });
  }

  #set({ tracks, disliked }: Moment): void {
    this.tracks = tracks;
    this.disliked = disliked;
    keep(keys.playlist, this.ids);
    keep(keys.disliked, disliked);
  }

  add(...tracks: readonly Track[]): void {
    const held = new Set(this.ids);
    const fresh = tracks.filter((track) => !held.has(track.id) && held.add(track.id));
    if (fresh.length > 0) this.#change([...this.tracks, ...fresh]);
  }

  remove(index: number): void {
    this.#change(this.tracks.filter((_, i) => i !== index));
  }

  move(from: number, to: number): void {
    if (to < 0 || to >= this.tracks.length || from === to) return;
    const tracks = [...this.tracks];
    tracks.splice(to, 0, ...tracks.splice(from, 1));
    this.#change(tracks);
  }

  replace(tracks: readonly Track[]): void {
    this.#change(tracks);
  }

  dislike(id: string): void {
    if (!this.disliked.includes(id)) this.#change(this.tracks, [...this.disliked, id]);
  }

  /** Allows disliked tracks to be suggested again. */
  forgive(): void {
    this.#change(this.tracks, []);
  }

  undo(): void {
    const last = this.#past.at(-1);
    if (!last) return;
    this.#past = this.#past.slice(0, -1);
    this.#set(last);
  }
}

export const session = new Session();
