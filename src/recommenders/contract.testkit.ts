/** The contract test that every recommender passes. */
import { describe, expect, it } from "vitest";
import { type Corpus, CorpusBuilder } from "../corpus/index.js";
import { Random } from "../system/index.js";
import { processorMs } from "../system/time.testkit.js";
import type { Ranking, RecommenderKind } from "./contract.js";
import { restoreRecommender } from "./registry.js";

/**
 * A checkerboard: playlists keep to the black or the white tracks, in a circle, so that the next track is plain to see: of
 * the context's colour, and for those that know order, the next of the circle.
 */
export function checkerboard(
  options: { playlists?: number; artists?: boolean; titles?: boolean } = {},
): Corpus {
  const random = new Random(7);
  const builder = new CorpusBuilder();
  const ring = 24;
  for (let p = 0; p < (options.playlists ?? 240); p++) {
    const colour = p % 2 === 0 ? "Black" : "White";
    const start = random.below(ring);
    const length = 6 + random.below(6);
    const places = Array.from({ length }, (_, i) => (start + i) % ring);
    builder.add({
      id: `p${p}`,
      tracks: places.map((place) => `${colour}-${String(place).padStart(2, "0")}`),
      ...(options.artists === false ? {} : { artists: places.map(() => colour) }),
      ...(options.titles === false ? {} : { title: `${colour} tunes ${p % 3}` }),
    });
  }
  return builder.build();
}

/**
 * 400 playlists of 30 tracks out of four scenes, the first of which is half of all: 750 tracks a scene, by 50 artists, the first ones
 * played most. Large enough for answers that depend on how much is asked for, or on what is popular everywhere.
 */
export function scenes(): Corpus {
  const random = new Random(11);
  const builder = new CorpusBuilder();
  for (let p = 0; p < 400; p++) {
    const scene = ["Pop", "Pop", "Pop", "Jazz", "Folk", "Dub"][p % 6]!;
    const tracks = new Set<string>();
    while (tracks.size < 30) {
      const number = Math.floor(750 * random.next() ** 3);
      tracks.add(`${scene} ${number % 50}-${number}`);
    }
    builder.add({
      id: `p${p}`,
      tracks: [...tracks],
      artists: [...tracks].map((track) => track.slice(0, track.indexOf("-"))),
      title: `${scene} hours`,
    });
  }
  return builder.build();
}

function expectSound(ranking: Ranking, k: number, catalogue: ReadonlySet<string>) {
  expect(ranking.tracks.length).toBeLessThanOrEqual(k);
  expect(ranking.scores.length).toBe(ranking.tracks.length);
  expect(new Set(ranking.tracks).size).toBe(ranking.tracks.length);
  for (let i = 0; i < ranking.tracks.length; i++) {
    expect(catalogue.has(ranking.tracks[i]!)).toBe(true);
    expect(Number.isFinite(ranking.scores[i])).toBe(true);
    if (i === 0) continue;
    expect(ranking.scores[i]!).toBeLessThanOrEqual(ranking.scores[i - 1]!);
    if (ranking.scores[i] === ranking.scores[i - 1])
      expect(ranking.tracks[i]! > ranking.tracks[i - 1]!).toBe(true);
  }
}

export interface ContractOptions {
  readonly settings?: Record<string, unknown>;
  /** Whether the kind reads the context at all (popularity does not). Default true. */
  readonly readsContext?: boolean;
  /** Whether the kind answers when no track of the context is known. Default true. */
  readonly answersUnknown?: boolean;
}

export function testRecommenderContract(kind: RecommenderKind, options: ContractOptions = {}): void {
  const { settings = {}, readsContext = true, answersUnknown = true } = options;
  describe(`${kind.name} keeps the contract`, () => {
    const corpus = checkerboard();
    const ids = new Set(corpus.tracks);
    const fitted = kind.fit(corpus, settings, { seed: 3, threads: 1 });
    const context = (...tracks: string[]) => ({ tracks });

    it("has a name and a summary", async () => {
      expect(kind.name).toMatch(/^[a-z0-9-]+$/);
      expect(kind.summary.length).toBeGreaterThan(10);
      expect((await fitted).name).toBe(kind.name);
    });

    it("finds the obvious answer of a checkerboard", async () => {
      const [black, white] = (await fitted).recommend(
        [context("Black-03", "Black-04", "Black-05"), context("White-21", "White-22", "White-23")],
        5,
      );
      expectSound(black!, 5, ids);
      expectSound(white!, 5, ids);
      if (!readsContext) return;
      expect(black!.tracks.every((track) => track.startsWith("Black-"))).toBe(true);
      expect(white!.tracks.every((track) => track.startsWith("White-"))).toBe(true);
    });

    it("returns one ranking per context, in order, and none for none", async () => {
      const recommender = await fitted;
      const contexts = [context("Black-01"), context(), context("White-07", "White-08")];
      const together = recommender.recommend(contexts, 7);
      expect(together).toHaveLength(3);
      contexts.forEach((one, i) => {
        expect(recommender.recommend([one], 7)[0]).toEqual(together[i]);
      });
      expect(recommender.recommend([], 7)).toEqual([]);
    });

    it("gives the same answers by numbers as by ids, and refuses the same k", async () => {
      const { inNumbers, recommend } = await fitted;
      expect(inNumbers).toMatchObject({ tracks: corpus.tracks, insteadOf: recommend });
      const contexts = [
        context("Black-03", "Nobody-Nothing", "White-04", "Black-Unheard"),
        { tracks: ["-", "Black-05"], title: "white tunes" },
        context(),
      ];
      const numbered = contexts.map(({ tracks, ...rest }) => {
        const unknown: string[] = [];
        const played = Int32Array.from(tracks, (track) => {
          const number = corpus.tracks.indexOf(track);
          return number >= 0 ? number : ~(unknown.push(track) - 1);
        });
        return { played, unknown, ...rest };
      });
      const rankings = inNumbers!.recommend(numbered, 15);
      expect(
        rankings.map(({ numbers, scores }) => ({
          tracks: Array.from(numbers, (number) => corpus.tracks[number]),
          scores,
        })),
      ).toEqual((await fitted).recommend(contexts, 15));
      for (const k of [0, 1.5, Number.NaN])
        expect(() => inNumbers!.recommend(numbered, k)).toThrow(/k must be/);
    });

    it("answers an empty context and unknown tracks only", async () => {
      const recommender = await fitted;
      const rankings = recommender.recommend([context(), context("Nobody-Nothing", "", "-", "no dash")], 6);
      for (const ranking of rankings) {
        expectSound(ranking, 6, ids);
        if (answersUnknown) expect(ranking.tracks).toHaveLength(6);
      }
    });

    it("accepts repeated tracks", async () => {
      const tracks = Array.from({ length: 50 }, () => "Black-04");
      expectSound((await fitted).recommend([context(...tracks)], 10)[0]!, 10, ids);
    });

    it("accepts a k larger than the catalogue", async () => {
      const [ranking] = (await fitted).recommend([context("Black-03", "Black-04")], 10_000);
      expectSound(ranking!, ids.size, ids);
      expect(ranking!.tracks.length).toBeGreaterThan(0);
    });

    it("accepts a context of 10,000 tracks", async () => {
      const tracks = Array.from({ length: 10_000 }, (_, i) =>
        i % 7 === 0 ? `unknown-${i}` : `White-${String(i % 24).padStart(2, "0")}`,
      );
      const recommender = await fitted;
      const taken = await processorMs(() =>
        expectSound(recommender.recommend([context(...tracks)], 10)[0]!, 10, ids),
      );
      expect(taken).toBeLessThan(5000);
    });

    it("refuses a k that is not a whole number ≥ 1", async () => {
      const recommender = await fitted;
      for (const k of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => recommender.recommend([context("Black-01")], k)).toThrow(/k must be/);
      }
    });

    it("refuses anything but a list of contexts", async () => {
      const recommender = await fitted;
      for (const [contexts, message] of [
        [[context(), {}], /^contexts\[1\] must have a list of tracks, got {}$/],
        [[{ tracks: "Black-01" }], /^contexts\[0\] must have a list of tracks, got {"tracks":"Black-01"}$/],
        [[undefined], /^contexts\[0\] must have a list of tracks, got undefined$/],
        [[{ tracks: [], title: 5 }], /^the title of contexts\[0\] must be text, got 5$/],
        [context("Black-01"), /^contexts must be a list, got {"tracks":\["Black-01"\]}$/],
      ] as const)
        expect(() => recommender.recommend(contexts as never, 5)).toThrow(
          expect.objectContaining({ name: "SegueError", message: expect.stringMatching(message) }),
        );
    });

    it("gives the same ranking for the same seed, and a prefix of it for a smaller k", async () => {
      const again = await kind.fit(checkerboard(), settings, { seed: 3, threads: 1 });
      const contexts = [context("Black-03", "Black-04"), context("White-11"), context()];
      const first = (await fitted).recommend(contexts, 12);
      expect(again.recommend(contexts, 12)).toEqual(first);
      const shorter = again.recommend(contexts, 4);
      shorter.forEach((ranking, i) => {
        expect(ranking.tracks).toEqual(first[i]!.tracks.slice(0, 4));
      });
    });

    it("gives the same ranking after saving and restoring", async () => {
      const recommender = await fitted;
      const state = recommender.save();
      expect(state.kind).toBe(kind.name);
      const settingsAsJson = structuredClone(state);
      expect(JSON.parse(JSON.stringify(state.settings))).toEqual(state.settings);
      const restored = restoreRecommender(settingsAsJson, { tracks: corpus.tracks, artists: corpus.artists });
      const contexts = [
        context("Black-03", "Black-04", "Black-05"),
        { tracks: ["White-99", "Nobody-X"], title: "white tunes" },
        context("White-11", "Black-01"),
        context(),
      ];
      expect(restored.recommend(contexts, 15)).toEqual(recommender.recommend(contexts, 15));
    });

    it("fits data without artists and titles, and of one playlist", async () => {
      const bare = checkerboard({ artists: false, titles: false });
      const recommender = await kind.fit(bare, settings, { seed: 3, threads: 1 });
      expectSound(recommender.recommend([context("Black-03")], 5)[0]!, 5, ids);
      const tiny = await kind.fit(checkerboard({ playlists: 1 }), settings, { seed: 3, threads: 1 });
      const [ranking] = tiny.recommend([context("Black-03")], 5);
      expectSound(ranking!, 5, ids);
    });
  });
}
