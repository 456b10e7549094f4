/** The sources of the blend, counted on all playlists or on those outside of a fold; and what the ranker learns from a fold. */
import type { Catalogue, Corpus } from "../../corpus/index.js";
import type { Steps } from "../../system/index.js";
import { Fallback } from "../core/fallback.js";
import { playIndex } from "../core/play-index.js";
import { meanLength, type Sessions, sessionsOf, sliceSessions, withoutSessions } from "../core/sessions.js";
import type { EncoderModel } from "../encoder/encoder-model.js";
import { type HeldBack, type Place, rankingData } from "./held-back.js";
import { Links } from "./links.js";
import type { BlendSettings } from "./settings.js";
import { Signals } from "./signals.js";

/** The links that fitting keeps for later queries of a fold: 240 MB. */
const linksOfAFold = 10_000_000;

/**
 * Long playlists name more candidates, of which the answer is harder to tell apart: more are kept, and fewer neighbours
 * name them.
 */
function sizesFor(settings: BlendSettings, sessions: Sessions) {
  const length = meanLength(sessions);
  return {
    candidates: Math.round(settings.candidates * Math.min(2, Math.max(1, Math.sqrt(length / 8)))),
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

/** The playlists outside of a fold, with all of the tracks. */
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

/** What a thread is to gather of a fold: the candidates of some of its places. */
export interface Share extends Fold {
  readonly encoder: EncoderModel;
  readonly places: readonly Place[];
  /** Of the first of these places; each has a number of its own, so that what is drawn for it depends on nothing else. */
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

  /** In steps, a query each. @param later see `HoldingSettings` */
  gather(
    { places, firstSeed }: Pick<Share, "places" | "firstSeed">,
    how: { readonly hard: number; readonly easy: number; readonly later: number },
    onQuery: (done: number) => void = () => {},
  ): Steps<HeldBack> {
    return rankingData(this.signals, this.held, this.#titles, places, { ...how, firstSeed }, onQuery);
  }
}
