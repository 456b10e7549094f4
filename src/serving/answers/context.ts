/** What requests with a context have in common: who answers them, and what is said of unknown tracks. */
import type { Context, FittedRecommender, Rules } from "../../recommenders/index.js";
import { HttpError } from "../http-error.js";
import type { LiveModel } from "./served-model.js";

export interface ContextRequest {
  readonly context: readonly string[];
  readonly title?: string | undefined;
  readonly recommender?: string | undefined;
}

export interface RuleRequest {
  readonly exclude?: readonly string[] | undefined;
  readonly exclude_played?: boolean | undefined;
  readonly per_artist?: number | undefined;
  readonly filters?:
    | { readonly artists?: readonly string[] | undefined; readonly words?: readonly string[] | undefined }
    | undefined;
}

export interface ReadContext {
  readonly context: Context;
  /** The one asked for, or the bundle's best. */
  readonly recommender: FittedRecommender;
  /** That no track of the context is known and no title is given: the recommender answers by its own fall-back. */
  readonly fallback: boolean;
  readonly unknown: readonly string[];
  /** Ids that were taken for others, which the catalogue holds. */
  readonly readAs: readonly ReadAs[];
}

export interface ReadAs {
  readonly track: string;
  readonly as: string;
}

const nearestShown = 3;
const unknownLookedUp = 10;

/** @throws HttpError 400 for a recommender that the bundle does not have */
export async function readContext(live: LiveModel, request: ContextRequest): Promise<ReadContext> {
  const asked = live.recommender(request.recommender);
  if (asked === undefined) {
    throw new HttpError(400, {
      error: `recommender: this bundle has no recommender named ${JSON.stringify(request.recommender)}`,
      code: "unknown-recommender",
      hint: `it has: ${Object.keys(live.model.recommenders).join(", ")}`,
    });
  }
  const tracks = await live.meant(request.context);
  const unknown = tracks.filter((track) => !live.knows(track));
  const fallback = unknown.length === tracks.length && request.title === undefined;
  const context = request.title === undefined ? { tracks } : { tracks, title: request.title };
  return { context, recommender: asked, fallback, unknown, readAs: readAs(request.context, tracks) };
}

/** Which of `asked` were taken for others, but for an accent that came as a sign of its own. */
export function readAs(asked: readonly string[], meant: readonly string[]): ReadAs[] {
  return meant.flatMap((as, i) => {
    const track = asked[i]!;
    return as === track || as.normalize("NFC") === track.normalize("NFC") ? [] : [{ track, as }];
  });
}

/** The rules of a request, or undefined where it has none. */
export async function readRules(live: LiveModel, request: RuleRequest): Promise<Rules | undefined> {
  const { exclude, exclude_played: excludePlayed, per_artist: perArtist, filters } = request;
  if (!exclude?.length && !excludePlayed && perArtist === undefined && filters === undefined)
    return undefined;
  return {
    ...(exclude === undefined ? {} : { exclude: await live.meant(exclude) }),
    ...(excludePlayed === undefined ? {} : { excludePlayed }),
    ...(perArtist === undefined ? {} : { perArtist }),
    ...(filters?.artists === undefined ? {} : { artists: filters.artists }),
    ...(filters?.words === undefined ? {} : { words: filters.words }),
  };
}

/** The unknown tracks, each with the known titles nearest to it; only the first ten are looked up. */
export async function nearestTitles(live: LiveModel, unknown: readonly string[]) {
  if (unknown.length === 0) return [];
  const search = await live.search();
  return unknown.map((track, i) => ({
    track,
    nearest: i < unknownLookedUp ? search.find(track, nearestShown).map((hit) => hit.track) : [],
  }));
}
