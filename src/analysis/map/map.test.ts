import { describe, expect, it } from "vitest";
import { renderSvg } from "../../charts/index.js";
import { CorpusBuilder, playsOfTracks } from "../../corpus/index.js";
import { Random } from "../../system/index.js";
import { TrackVectors } from "../../track2vec/index.js";
import { generatedCorpus } from "../analysis.testkit.js";
import { analysisText, analyzeCorpus, picturesOf } from "../index.js";
import { frequentWords, genreAgreement, genresOfTracks, unknownGenre } from "./genres.js";
import { mapVectors } from "./map-vectors.js";
import { drawMap } from "./music-map.js";
import { nearestNeighbours } from "./neighbours.js";
import { similarities } from "./perplexity.js";
import { QuadTree } from "./quadtree.js";
import { tsne } from "./tsne.js";

function clusters(n: number, size: number, groups: number): Float32Array {
  const random = new Random(3);
  const centres = Array.from({ length: groups * size }, () => 2 * random.normal());
  return Float32Array.from(
    { length: n * size },
    (_, i) => centres[(Math.floor(i / size) % groups) * size + (i % size)]! + 0.5 * random.normal(),
  );
}

describe("QuadTree", () => {
  const random = new Random(1);
  const spread = Float64Array.from({ length: 600 }, () => 10 * random.normal());
  spread.copyWithin(20, 0, 20);
  // Seven points each that only the smallest cells separate: more cells than there is room for at first.
  const groups = Array.from({ length: 256 * 7 }, (_, i) => {
    const [group, point] = [Math.floor(i / 7), i % 7];
    return [(group % 16) * 4096 + (point & 1), Math.floor(group / 16) * 4096 + ((point >> 1) & 1)];
  });
  const tight = Float64Array.from(
    [0, 0, 65536, 65536, ...groups.flat().map((at) => at + 2.5)],
    (at) => at / 3000,
  );

  it.each([
    ["spread points, some equal", spread],
    ["tight groups", tight],
  ])("gives the exact repulsion of %s at theta 0, and nearly it at 0.5", (_, positions) => {
    const n = positions.length / 2;
    const exact = new Float64Array(2 * n);
    let z = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        if (i === j) continue;
        const [dx, dy] = [
          positions[2 * i]! - positions[2 * j]!,
          positions[2 * i + 1]! - positions[2 * j + 1]!,
        ];
        const q = 1 / (1 + dx * dx + dy * dy);
        z += q;
        exact[2 * i]! += q * q * dx;
        exact[2 * i + 1]! += q * q * dy;
      }
    const tree = new QuadTree(n);
    tree.build(positions);
    const forces = new Float64Array(2 * n);
    expect(tree.repulsion(forces, 0) / z).toBeCloseTo(1, 10);
    for (let i = 0; i < 2 * n; i++) expect(forces[i]).toBeCloseTo(exact[i]!, 9);
    expect(Math.abs(tree.repulsion(forces, 0.5) / z - 1)).toBeLessThan(0.01);
  });
});

describe("similarities", () => {
  it("is symmetric, sums to 1, and adds both directions", async () => {
    const near = similarities(await nearestNeighbours(clusters(120, 5, 3), 5, 30), 10);
    expect(near.values.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    const at = new Map<string, number>();
    for (let i = 0; i < 120; i++)
      for (let k = near.starts[i]!; k < near.starts[i + 1]!; k++) {
        expect(at.has(`${i} ${near.columns[k]}`)).toBe(false);
        at.set(`${i} ${near.columns[k]}`, near.values[k]!);
      }
    for (const [key, value] of at) expect(at.get(key.split(" ").reverse().join(" "))).toBeCloseTo(value, 12);
  });

  it("does not depend on the size of the points, and shares evenly between equal ones", async () => {
    const points = clusters(60, 5, 3);
    const of = async (scale: number) => {
      const scaled = points.map((value) => value * scale);
      return similarities(await nearestNeighbours(scaled, 5, 30), 10).values;
    };
    const plain = await of(1);
    for (const scale of [2 ** -56, 2 ** 56]) {
      const scaled = await of(scale);
      plain.forEach((value, i) => {
        expect(scaled[i]! / value).toBeCloseTo(1, 3);
      });
    }
    const equal = similarities(await nearestNeighbours(new Float32Array(12).fill(7), 1, 11), 4);
    for (const value of equal.values) expect(value).toBeCloseTo(1 / (12 * 11), 12);
  });
});

describe("tsne", () => {
  it("keeps groups together and is bit-identical for the same seed", async () => {
    const points = clusters(240, 8, 4);
    const { positions, divergence } = await tsne(points, 8, { iterations: 400, perplexity: 15 });
    const flat = await nearestNeighbours(Float32Array.from(positions), 2, 5);
    const same = flat.rows.filter((j, at) => j % 4 === Math.floor(at / 5) % 4).length;
    expect(same / flat.rows.length).toBeGreaterThan(0.95);
    expect(divergence).toBeGreaterThan(0);
    expect(divergence).toBeLessThan(1);
    expect((await tsne(points, 8, { iterations: 400, perplexity: 15 })).positions).toEqual(positions);
    expect((await tsne(points, 8, { iterations: 400, perplexity: 15, seed: 2 })).positions).not.toEqual(
      positions,
    );
  });

  it("needs four points, reports progress, and stops on abort", async () => {
    await expect(tsne(new Float32Array(6), 2)).rejects.toThrow(/at least 4 points, not 3/);
    const stop = AbortSignal.abort();
    await expect(tsne(clusters(60, 3, 2), 3, { signal: stop })).rejects.toThrow();
    const done: number[] = [];
    await tsne(clusters(60, 3, 2), 3, {
      iterations: 40,
      progress: (report) => report.unit === "rounds" && done.push(report.done),
    });
    expect(done).toEqual([20, 40]);
  });

  it("also stops on abort during the search for neighbours", async () => {
    const stop = new AbortController();
    const tasks = new Set<string>();
    setTimeout(() => stop.abort(new Error("enough")), 1);
    const progress = (report: { task: string }) => void tasks.add(report.task);
    const points = clusters(2_000, 64, 4);
    await expect(tsne(points, 64, { signal: stop.signal, progress })).rejects.toThrow("enough");
    expect([...tasks]).toEqual(["finding neighbours"]);
  });
});

describe("mapVectors", () => {
  /** Plays as many tracks as each value says, as often as its key says. */
  const played = (counts: Readonly<Record<number, number>>) => {
    const builder = new CorpusBuilder();
    for (const [times, tracks] of Object.entries(counts))
      for (let time = 0; time < Number(times); time++)
        builder.add({
          id: `${times} ${time}`,
          tracks: Array.from({ length: tracks }, (_, i) => `${times}-${i}`),
        });
    return builder.build();
  };

  it.each([
    [{ 3: 100, 2: 30, 1: 30 }, 100],
    [{ 3: 99, 2: 30, 1: 30 }, 129],
    [{ 3: 5, 2: 5, 1: 30 }, 40],
  ])("given play counts %o, trains %i tracks", async (counts, taken) => {
    expect((await mapVectors(played(counts))).length).toBe(taken);
  });

  it("uses a model's vectors if they cover enough tracks", async () => {
    const corpus = played({ 3: 120 });
    const vectorsOf = (tracks: readonly string[]) =>
      new TrackVectors({ tracks, size: 2, vectors: new Float32Array(2 * tracks.length).fill(1) });
    const [knowing, strange] = [vectorsOf(corpus.tracks), vectorsOf(corpus.tracks.slice(0, 99))];
    expect(await mapVectors(corpus, { vectors: knowing })).toBe(knowing);
    expect((await mapVectors(corpus, { vectors: strange })).length).toBe(120);
  });

  it("says what to do if there are too few tracks", async () => {
    await expect(mapVectors(played({ 9: 3 }))).rejects.toMatchObject({
      message: "a map needs at least 4 tracks, and these playlists have 3",
      hint: "give it more playlists",
    });
  });
});

describe("genres", () => {
  it("matches whole words of titles and picks the most frequent", () => {
    const corpus = {
      tracks: ["a", "b", "c"],
      offsets: Uint32Array.of(0, 2, 3, 4, 5),
      items: Uint32Array.of(0, 1, 0, 0, 2),
      titles: ["Rock!", "rap rap", "RAP 2", "trap"],
    };
    expect([...genresOfTracks(corpus, ["rock", "rap"])]).toEqual([1, 0, unknownGenre]);
  });

  it("takes the first of the words if several are in as many titles", () => {
    const corpus = {
      tracks: ["a"],
      offsets: Uint32Array.of(0, 1, 2),
      items: Uint32Array.of(0, 0),
      titles: ["rap", "rock"],
    };
    expect([...genresOfTracks(corpus, ["rock", "rap"])]).toEqual([0]);
    expect([...genresOfTracks(corpus, ["rap", "rock"])]).toEqual([0]);
  });

  it("takes words of more than one part however titles write them", () => {
    const corpus = {
      tracks: ["a", "b", "c", "d", "e"],
      offsets: Uint32Array.of(0, 1, 2, 3, 4, 5),
      items: Uint32Array.of(0, 1, 2, 3, 4),
      titles: ["(Hip-Hop) 90s", "K-Pop!", "r&b", "hip hopping", ""],
    };
    const words = ["hip hop", "k-pop", "R&B", "!"];
    expect([...genresOfTracks(corpus, words)]).toEqual([0, 1, 2, unknownGenre, unknownGenre]);
  });

  it("tells any number of words apart", () => {
    const words = Array.from({ length: 300 }, (_, i) => `word${i}`);
    const corpus = {
      tracks: ["a", "b", "c"],
      offsets: Uint32Array.of(0, 1, 2, 3),
      items: Uint32Array.of(0, 1, 2),
      titles: [words[255]!, words[299]!, "none"],
    };
    expect([...genresOfTracks(corpus, words)]).toEqual([255, 299, unknownGenre]);
  });

  it("compares how often neighbours share a genre with chance", () => {
    const agreement = genreAgreement([0, 0, 1, 1], Uint32Array.of(1, 0, 3, 2), 1);
    expect(agreement).toMatchObject({ share: 1, tracks: 4, neighbours: 1 });
    expect(agreement.chance).toBeCloseTo(1 / 3);
  });

  it("suggests words of titles that fit on a map", () => {
    const playlists = new CorpusBuilder();
    playlists.add({ id: "p", tracks: ["A-One"], title: `my ${"la".repeat(5000)} Rock 2020` });
    expect(frequentWords(playlists.build())).toEqual(["rock"]);
  });

  it("contains the most played tracks with artist, plays and genre", async () => {
    const corpus = generatedCorpus(60);
    const random = new Random(1);
    const vectors = new TrackVectors({
      tracks: corpus.tracks,
      size: 4,
      vectors: Float32Array.from({ length: corpus.tracks.length * 4 }, () => random.normal()),
    });
    const map = await drawMap(corpus, vectors, { tracks: 50, iterations: 60 });
    const plays = [...playsOfTracks(corpus)].sort((a, b) => b - a);
    expect(map.points.map((point) => point.plays)).toEqual(plays.slice(0, 50));
    expect(map.perplexity).toBeCloseTo(49 / 3);
    expect(new Set(map.points.map((p) => p.genre))).toContain("rock");
    expect(map.frequentWords).toBeUndefined();
    const analysis = await analyzeCorpus(corpus);
    const said = analysisText({ ...analysis, map });
    expect(said).toMatch(/nearest neighbours .* share the genre word/);
    expect(said).toContain(`map of 50 tracks, each played ${plays[49]} times or more\n`);
    const whole = { ...map, points: [...map.points, { ...map.points[0]!, plays: 1 }] };
    expect(analysisText({ ...analysis, map: whole })).toContain(
      "map of 51 tracks, including those played once\n",
    );

    const grey = await drawMap(corpus, vectors, { tracks: 50, iterations: 60, genres: ["rainy", "gym"] });
    expect(grey.frequentWords).toContain("rock");
    const text = analysisText({ ...analysis, map: grey }).replace(/\n {2}/g, " ");
    expect(text).toContain(
      `none of their playlists has rainy or gym in its title; frequent words there: --genres `,
    );
    const svg = await renderSvg(picturesOf(corpus, { ...analysis, map: grey }, "light").map!, {
      theme: "light",
    });
    expect(svg).toContain("rainy or gym");
    for (const each of [text, svg]) expect(each).not.toContain("nearest neighbours");
  });

  it("lays tracks out by the directions of their vectors alone", async () => {
    const corpus = generatedCorpus(30);
    const random = new Random(2);
    const vectors = Float32Array.from({ length: corpus.tracks.length * 4 }, () => random.normal());
    const drawn = async (scale: (track: number) => number) =>
      drawMap(
        corpus,
        new TrackVectors({
          tracks: corpus.tracks,
          size: 4,
          vectors: vectors.map((value, i) => value * scale(i >> 2)),
        }),
        { tracks: 60, iterations: 30 },
      );
    const { points } = await drawn(() => 1);
    // Powers of two, so that nothing is rounded.
    expect((await drawn((track) => 2 ** (track % 5))).points).toEqual(points);
    const distance = (axis: "x" | "y") => Math.max(...points.map((p) => p[axis]));
    expect(distance("x")).not.toBe(distance("y"));
  });
});

describe("the picture of a map", () => {
  it("places each track, draws those with a genre on top, and has a colour for every genre", async () => {
    const corpus = generatedCorpus(20);
    const analysis = await analyzeCorpus(corpus);
    const genres = Array.from({ length: 10 }, (_, i) => `genre${i}`);
    const at = (x: number, y: number, plays: number, genre: string) => ({ track: genre, x, y, plays, genre });
    const map = {
      points: [at(0, 9, 100, "genre9"), at(5, 1, 30, "unknown"), at(9, 0, 2, "genre0")],
      genres,
      agreement: { neighbours: 2, tracks: 2, share: 0, chance: 0, lift: 0 },
      divergence: 1,
      perplexity: 1,
      iterations: 1,
      seed: 1,
    };
    const svg = await renderSvg(picturesOf(corpus, { ...analysis, map }, "light").map!, { theme: "light" });
    const drawn = [
      ...svg.matchAll(
        /<path aria-label="([^"]*)"[^>]*? transform="translate\(([^,]+),([^)]+)\)"[^>]*? fill="([^"]+)"/g,
      ),
    ].map(([, label, x, y, fill]) => ({
      genre: /word in titles: (\w+)/.exec(label!)![1],
      x: Number(x),
      y: Number(y),
      fill,
    }));
    expect(drawn.map(({ genre }) => genre)).toEqual(["unknown", "genre9", "genre0"]);
    const [unknown, first, last] = drawn;
    expect(first!.x < unknown!.x && unknown!.x < last!.x).toBe(true);
    // Upwards, y falls.
    expect(first!.y < unknown!.y && unknown!.y < last!.y).toBe(true);
    expect(new Set(drawn.map(({ fill }) => fill)).size).toBe(3);
    // The legend of plays, up to the most there are.
    for (const plays of [10, 20, 50, 100]) expect(svg).toContain(`>${plays}</text>`);
    expect(svg).not.toContain(">0</text>");
  });
});
