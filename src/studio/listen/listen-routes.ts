/** The routes of Listen: next tracks with reasons, extending a playlist, and matching lines of text to tracks. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { type Corpus, playlistCount, playlistsOfTracks, trackIndex } from "../../corpus/index.js";
import type { Recommender } from "../../recommenders/contract.js";
import type { EndpointPlugin } from "../../serving/index.js";
import { wholeWordsOf } from "../../serving/search/words.js";
import { closest, misuse } from "../../system/index.js";
import { reasonsFor } from "./reasons.js";

type Models = Parameters<EndpointPlugin>[1]["models"];

const track = z.string().min(1).max(2000);
const asked = z.strictObject({
  context: z.array(track).max(1000),
  recommender: z.string().optional(),
  disliked: z.array(track).max(1000).default([]),
  k: z.int().min(1).max(200).default(12),
});
const lines = z.strictObject({ lines: z.array(z.string().max(2000)).min(1).max(500) });

/** The next tracks that are neither in the playlist nor disliked. */
function fresh(recommender: Recommender, context: readonly string[], disliked: readonly string[], k: number) {
  const unwanted = new Set([...context, ...disliked]);
  const [ranking] = recommender.recommend([{ tracks: context }], k + unwanted.size);
  return ranking!.tracks
    .map((id, i) => ({ id, score: ranking!.scores[i]! }))
    .filter(({ id }) => !unwanted.has(id))
    .slice(0, k);
}

/** The track that a line names exactly: by its id, or as "Artist - Title", the studio's own format. */
function exactly(live: Models["live"], line: string): string | undefined {
  if (live.knows(line)) return line;
  // Artists and titles may contain dashes too.
  for (let at = line.indexOf(" - "); at >= 0; at = line.indexOf(" - ", at + 1)) {
    const [artist, title] = [line.slice(0, at), line.slice(at + 3)];
    for (const id of [`${artist}-${title}`, title])
      if (live.knows(id) && live.view(id).artist === artist) return id;
  }
  return undefined;
}

/** Whether a line has anything like the title, beside the artist: otherwise it means another song by the artist. */
function hasTitle(
  line: string,
  { artist = "", title }: { readonly artist?: string; readonly title: string },
): boolean {
  const ofArtist = new Set(wholeWordsOf(artist));
  const rest = wholeWordsOf(line).filter((word) => !ofArtist.has(word));
  const words = wholeWordsOf(title);
  return (
    rest.length === 0 || [...words, words.join("")].some((word) => closest(word, [...rest, rest.join("")]))
  );
}

/** Returns how many playlists have a track; undefined for an unknown track. */
function playlistsWithTracks(corpus: Corpus): (track: string) => number | undefined {
  const numbers = trackIndex(corpus.tracks);
  const counts = playlistsOfTracks(corpus, corpus.tracks.length);
  return (track) => counts[numbers.get(track) ?? -1];
}

export function listenRoutes(app: FastifyInstance, models: Models, corpus: Corpus | undefined): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const live = () => models.live;
  const recommenderOf = (name: string | undefined): Recommender => {
    const found = live().recommender(name);
    if (found) return found;
    throw misuse(
      `there is no recommender "${name}"`,
      `there are: ${Object.keys(live().model.recommenders).join(", ")}`,
    );
  };

  const playlistsWith = corpus && playlistsWithTracks(corpus);

  typed.get("/v1/studio/model", { schema: { hide: true } }, async () => ({
    version: live().version,
    recommenders: Object.keys(live().model.recommenders),
    defaultRecommender: live().model.defaultRecommender,
    tracks: live().model.catalogue.tracks.length,
    playlists: corpus ? playlistCount(corpus) : undefined,
  }));

  typed.post("/v1/studio/next", { schema: { hide: true, body: asked } }, async ({ body }) => {
    const recommender = recommenderOf(body.recommender);
    const began = performance.now();
    const found = fresh(recommender, body.context, body.disliked, body.k);
    const reasons = reasonsFor(
      recommender,
      body.context,
      found.map(({ id }) => id),
      body.disliked,
    );
    return {
      recommender: recommender.name,
      milliseconds: performance.now() - began,
      unknown: body.context.filter((id) => !live().knows(id)),
      tracks: found.map(({ id, score }, i) => {
        const { because, place, popular } = reasons[i]!;
        return {
          ...live().view(id),
          score,
          ...(popular ? { popular, playlists: playlistsWith?.(id) } : {}),
          ...(because === undefined ? {} : { because: live().view(because), place }),
        };
      }),
    };
  });

  typed.post("/v1/studio/extend", { schema: { hide: true, body: asked } }, async ({ body }) => {
    const asked = recommenderOf(body.recommender);
    // Track vectors know no rare songs; the others then answer, in the order of the bundle.
    const inTurn = new Set([asked, ...Object.values(live().model.recommenders)]);
    const context = [...body.context];
    const by: string[] = [];
    const addNext = () => {
      for (const recommender of inTurn) {
        const [next] = fresh(recommender, context, body.disliked, 1);
        if (next === undefined) continue;
        by.push(recommender.name);
        return context.push(next.id);
      }
      return undefined;
    };
    while (by.length < body.k && addNext());
    return { tracks: context.slice(body.context.length).map((id) => live().view(id)), by };
  });

  typed.post("/v1/studio/match", { schema: { hide: true, body: lines } }, async ({ body }) => {
    const search = await live().search();
    return {
      matches: body.lines.map((line) => {
        const exact = exactly(live(), line);
        if (exact !== undefined) return { line, track: live().view(exact), score: 1 };
        const [hit] = search.find(line.slice(0, 200), 1);
        const track = hit && hit.score >= 0.5 ? live().view(hit.track) : undefined;
        return track && hasTitle(line, track) ? { line, track, score: hit!.score } : { line };
      }),
    };
  });
}
