import fc from "fast-check";
import { expect, it } from "vitest";
import { CorpusBuilder } from "../corpus/index.js";
import { type Context, fitRecommender, RuledRecommender, type Rules } from "./index.js";

/** 25 artists of 6 tracks each; every playlist has neighbouring artists, and some of them twice. */
const builder = new CorpusBuilder();
for (let p = 0; p < 120; p++) {
  const plays = Array.from({ length: 9 }, (_, i) => [(p + ((i * i) % 7)) % 25, (p * 5 + i * 3) % 6]);
  const artists = plays.map(([artist]) => `Artist${artist}`);
  builder.add({ id: `p${p}`, tracks: plays.map(([artist, track]) => `Artist${artist}-${track}`), artists });
}
const corpus = builder.build();
const artistOf = (track: string) => track.split("-")[0]!;

/** What the rules leave of the answer without rules that names every track, taken one by one from its beginning. */
function allowed(everything: readonly string[], context: Context, k: number, rules: Rules): string[] {
  const out = new Set([...(rules.exclude ?? []), ...(rules.excludePlayed ? context.tracks : [])]);
  const late = new Set(
    rules.artistSeparation ? context.tracks.slice(-rules.artistSeparation).map(artistOf) : [],
  );
  const taken = new Map<string, number>();
  const left = everything.filter((track) => {
    const artist = artistOf(track);
    if (out.has(track) || late.has(artist)) return false;
    if (rules.artists && !rules.artists.includes(artist)) return false;
    const times = (taken.get(artist) ?? 0) + 1;
    taken.set(artist, times);
    return times <= (rules.perArtist ?? Infinity);
  });
  return left.slice(0, k);
}

const track = fc.constantFrom(...corpus.tracks);
const anyRules = fc.record(
  {
    exclude: fc.array(track, { maxLength: 8 }),
    excludePlayed: fc.boolean(),
    perArtist: fc.integer({ min: 1, max: 3 }),
    artistSeparation: fc.integer({ min: 0, max: 4 }),
    artists: fc.array(track.map(artistOf), { minLength: 1, maxLength: 5 }),
  },
  { requiredKeys: [] },
);

it.each(["popularity", "transitions", "artist", "vstan", "blend"] as const)(
  "rules in any combination leave the answer of %s in its order",
  async (name) => {
    const recommender = await fitRecommender(name, corpus, {}, { seed: 1, threads: 1 });
    const ruled = new RuledRecommender(recommender, corpus);
    fc.assert(
      fc.property(
        fc.array(track, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        anyRules,
        (tracks, k, rules) => {
          const [all] = recommender.recommend([{ tracks }], corpus.tracks.length);
          expect(ruled.recommend({ tracks }, k, rules).tracks).toEqual(
            allowed(all!.tracks, { tracks }, k, rules),
          );
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  },
);
