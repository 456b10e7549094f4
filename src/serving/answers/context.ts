/** Shared by requests with a context: picks the recommender, resolves track names and reports unknown tracks. */
import type { Context, FittedRecommender, Rules } from "../../recommenders/index.js";
import { normalized } from "../../system/index.js";
import { HttpError } from "../http/http-error.js";
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
  readonly artist_separation?: number | undefined;
  readonly filters?:
    | { readonly artists?: readonly string[] | undefined; readonly words?: readonly string[] | undefined }
    | undefined;
}

export interface ReadContext {
  readonly context: Context;
  /** The requested one, or the bundle's best. */
  readonly recommender: FittedRecommender;
  /** True if no track of the context is known and no title is given: the recommender then uses its fallback. */
  readonly fallback: boolean;
  readonly unknown: readonly string[];
  /** Names that were matched to a different id of the catalogue. */
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

/** Lists the names in `asked` that were matched to a different id. Differences in Unicode normalization do not count. */
export function readAs(asked: readonly string[], meant: readonly string[]): ReadAs[] {
  return meant.flatMap((as, i) => {
    const track = asked[i]!;
    return as === track || normalized(as, "NFC") === normalized(track, "NFC") ? [] : [{ track, as }];
  });
}

export interface ReadRules {
  /** Undefined if the request has none. */
  readonly rules?: Rules;
  /** Those of `exclude` that are no track of the catalogue, as written: they leave nothing out. */
  readonly notExcluded: readonly string[];
}

export async function readRules(live: LiveModel, request: RuleRequest): Promise<ReadRules> {
  const { exclude, exclude_played: excludePlayed, per_artist: perArtist, filters } = request;
  const { artist_separation: artistSeparation } = request;
  const isCapped = perArtist !== undefined || artistSeparation !== undefined;
  if (!exclude?.length && !excludePlayed && !isCapped && filters === undefined) return { notExcluded: [] };
  const excluded = exclude && (await live.meant(exclude));
  const rules = {
    exclude: excluded,
    excludePlayed,
    perArtist,
    artistSeparation,
    artists: filters?.artists && (await live.artistsMeant(filters.artists)),
    words: filters?.words,
  };
  const notExcluded = exclude?.filter((_, i) => !live.knows(excluded![i]!)) ?? [];
  return { rules, notExcluded };
}

/** The unknown tracks, each with up to three known tracks of similar names; only the first ten are looked up. */
export async function nearestTitles(live: LiveModel, unknown: readonly string[]) {
  if (unknown.length === 0) return [];
  const search = await live.search();
  return unknown.map((track, i) => ({
    track,
    nearest: i < unknownLookedUp ? search.find(track, nearestShown).map((hit) => hit.track) : [],
  }));
}
