/** The blend's sources, counted on all playlists or on those outside a fold, and the gathering of a fold's training data. */
import type { Catalogue, Corpus } from "../../../corpus/index.js";
import type { Steps } from "../../../system/index.js";
import { Fallback } from "../../core/fallback/fallback.js";
import { playIndex } from "../../core/plays/play-index.js";
import {
  meanLength,
  type Sessions,
  sessionsOf,
  sliceSessions,
  withoutSessions,
} from "../../core/plays/sessions.js";
import type { EncoderModel } from "../../encoder/encoder-model.js";
import { Links } from "../evidence/links.js";
import type { BlendSettings } from "../settings.js";
import { Signals } from "../signals.js";
import { type HeldBack, type Place, rankingData } from "./held-back.js";

/** The number of links cached while gathering a fold: 240 MB. */
const linksOfAFold = 10_000_000;

/**
 * In long playlists the answer is harder to find: use more candidates, chosen from more nominated tracks, since all sources nominate
 * much the same, and fewer neighbours.
 */
function sizesFor(settings: BlendSettings, sessions: Sessions) {
  const length = meanLength(sessions);
  const more = Math.min(2, Math.max(1, Math.sqrt(length / 8)));
  return {
    candidates: Math.round(settings.candidates * more),
    nominated: Math.round(settings.nominated * more),
    neighbours: Math.min(settings.neighbours, Math.max(100, Math.round(20_000 / length))),
  };
}

export function signalsOf(
  catalogue: Catalogue,
  sessions: Sessions,
  fallback: Fallback,
  encoder: EncoderModel,
  settings: BlendSettings,
  room = 0,
) {
  const { window, keep } = settings;
  const reach = Math.max(window, Math.min(60, Math.round(meanLength(sessions))));
  const plays = playIndex(sessions);
  const links = new Links(sessions, plays, { window: reach, recency: 0.15, keep, room });
  return new Signals(catalogue, sessions, plays, links, fallback, encoder, {
    ...settings,
    ...sizesFor(settings, sessions),
  });
}

/** Playlists [from, to) are held back. */
export interface Fold {
  readonly from: number;
  readonly to: number;
}

/** The playlists outside a fold, with the same catalogue. */
export function outside(corpus: Corpus, { from, to }: Fold): Corpus {
  const head = withoutSessions(sessionsOf(corpus), from, to);
  return {
    tracks: corpus.tracks,
    artists: corpus.artists,
    offsets: head.offsets,
    items: head.items,
    titles: corpus.titles && [...corpus.titles.slice(0, from), ...corpus.titles.slice(to)],
  };
}

/** The part of a fold that one thread gathers: the candidates for some of its places. */
export interface Share extends Fold {
  readonly encoder: EncoderModel;
  readonly places: readonly Place[];
  /** The seed of the first place; each place has its own seed, so that its draws do not depend on how a fold is shared. */
  readonly firstSeed: number;
}

export class FoldSources {
  readonly signals: Signals;
  readonly held: Sessions;
  readonly #titles: readonly string[] | undefined;

  constructor(
    corpus: Corpus,
    readonly fold: Fold,
    encoder: EncoderModel,
    settings: BlendSettings,
  ) {
    const head = outside(corpus, fold);
    this.signals = signalsOf(corpus, sessionsOf(head), Fallback.fit(head), encoder, settings, linksOfAFold);
    this.held = sliceSessions(sessionsOf(corpus), fold.from, fold.to);
    this.#titles = corpus.titles?.slice(fold.from, fold.to);
  }

  /** Gathers one query per step. @param how see `HoldingSettings` */
  gather(
    { places, firstSeed }: Pick<Share, "places" | "firstSeed">,
    how: { readonly hard: number; readonly easy: number; readonly later: number },
    onQuery: (done: number) => void = () => {},
  ): Steps<HeldBack> {
    return rankingData(this.signals, this.held, this.#titles, places, { ...how, firstSeed }, onQuery);
  }
}
