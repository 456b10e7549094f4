/**
 * Answers when the context says too little: with tracks by the context's artists (read from "Artist-Track" ids if the tracks are
 * unknown) and from playlists that share title words, then with popular tracks. Never a random bet.
 */
import { type Catalogue, type Corpus, playlistsOfTracks } from "../../../corpus/index.js";
import type { RecommenderState } from "../../contract.js";
import type { Query } from "../asking/query.js";
import type { Filler } from "../asking/scored.js";
import { ArtistIndex } from "../names/artists.js";
import { TitleWords } from "../names/title-words.js";
import type { ScoreBoard } from "../scores/score-board.js";
import { PopularityOrder } from "./popularity-order.js";

const fitted = new WeakMap<Corpus, Fallback>();

export class Fallback implements Filler {
  readonly artists: ArtistIndex | undefined;
  readonly titles: TitleWords | undefined;
  readonly counts: Uint32Array;
  readonly #order: PopularityOrder;
  readonly #mostPopular: number;

  constructor(catalogue: Catalogue, counts: Uint32Array, titles: TitleWords | undefined) {
    this.counts = counts;
    this.titles = titles;
    this.artists = catalogue.artists === undefined ? undefined : new ArtistIndex(catalogue.artists, counts);
    this.#order = new PopularityOrder(catalogue.tracks, counts);
    this.#mostPopular = this.#order.length === 0 ? 1 : Math.max(1, counts[this.#order.at(0)]!);
  }

  /** Recommenders fitted on one corpus share theirs. */
  static fit(corpus: Corpus): Fallback {
    let fallback = fitted.get(corpus);
    if (fallback === undefined) {
      const titles = corpus.titles === undefined ? undefined : TitleWords.fit(corpus, corpus.titles);
      fallback = new Fallback(corpus, playlistsOfTracks(corpus, corpus.tracks.length), titles);
      fitted.set(corpus, fallback);
    }
    return fallback;
  }

  static restore(state: RecommenderState, catalogue: Catalogue): Fallback {
    const titles = state.parts?.titles === undefined ? undefined : TitleWords.restore(state.parts.titles);
    return new Fallback(catalogue, state.arrays.counts as Uint32Array, titles);
  }

  save(): RecommenderState {
    return {
      kind: "fallback",
      version: 1,
      settings: {},
      arrays: { counts: this.counts },
      parts: this.titles && { titles: this.titles.save() },
    };
  }

  /**
   * Scores in (0, 1]: above 1/4 for tracks by artists (up to 3/8) and title words (up to 3/8), at most 1/4 for tracks that are only
   * popular. Popularity also counts among a word's tracks (up to 1/16), since most share only one playlist with the word. The order
   * does not depend on `wanted`.
   */
  fill(query: Query, board: ScoreBoard, wanted: number, skip: (track: number) => boolean): void {
    this.titles?.score(query, board);
    // Relative to the best: even a word's most frequent track may be in few of its playlists.
    let best = 0;
    for (let i = 0; i < board.count; i++) best = Math.max(best, board.scores[board.touched[i]!]!);
    for (let i = 0; i < board.count; i++) {
      const track = board.touched[i]!;
      const popularity = this.counts[track]! / this.#mostPopular;
      board.scores[track] = (5 / 16) * (board.scores[track]! / best) + popularity / 16;
    }
    this.artists?.score(query, board, 3 / 8);
    let found = 0;
    for (let i = 0; i < board.count; i++) {
      const track = board.touched[i]!;
      board.scores[track]! += 1 / 4;
      if (!skip(track)) found++;
    }
    for (let i = 0; i < this.#order.length && found < wanted; i++) {
      const track = this.#order.at(i);
      if (skip(track) || board.has(track)) continue;
      board.add(track, (this.counts[track]! + 1) / (this.#mostPopular + 1) / 4);
      found++;
    }
  }
}
