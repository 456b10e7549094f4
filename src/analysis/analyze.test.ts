import { describe, expect, it } from "vitest";
import { renderSvg } from "../charts/index.js";
import { CorpusBuilder } from "../corpus/index.js";
import { generatedCorpus } from "./analysis.testkit.js";
import { analysisText, analyzeCorpus, picturesOf } from "./index.js";
import { fitColumns } from "./text.js";

const snapshot = (name: string) => new URL(`./pictures/snapshots/${name}`, import.meta.url).pathname;

describe("analyzeCorpus", () => {
  const corpus = generatedCorpus();

  it("counts every entry once", async () => {
    const analysis = await analyzeCorpus(corpus);
    expect(analysis.songBins.reduce((sum, bin) => sum + bin.count, 0)).toBe(analysis.songs);
    expect(analysis.artistBins!.reduce((sum, bin) => sum + bin.count, 0)).toBe(analysis.artists);
    expect(analysis.lengths.bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(analysis.playlists);
    expect(analysis.plays).toBe(corpus.items.length);
  });

  it("says how often tracks are played that are all in one bin", async () => {
    const builder = new CorpusBuilder();
    builder.add({ id: "1", tracks: Array.from({ length: 10_000 }, (_, i) => `A-${i % 2}`) });
    const pair = builder.build();
    const { songs } = picturesOf(pair, await analyzeCorpus(pair, { bootstrap: 0 }), "light");
    const svg = await renderSvg(songs!, { theme: "light" });
    for (const end of ["4.096k", "8.192k"]) expect(svg).toContain(`>${end}</text>`);
  });

  it("reports what it can for a handful of tracks", async () => {
    const builder = new CorpusBuilder();
    builder.add({ id: "1", tracks: ["A-1", "A-2", "B-1"], artists: ["A", "A", "B"] });
    const { powerLaw, songs } = await analyzeCorpus(builder.build(), { bootstrap: 100 });
    expect(songs).toBe(3);
    expect(powerLaw).toMatchObject({ what: "Artists", total: 2 });
    expect(powerLaw!.goodness).toBeUndefined();
    const [first] = analysisText(await analyzeCorpus(builder.build())).split("\n");
    expect(first).toBe("1 playlist, 3 entries, 3 songs, 2 artists");
  });

  it("tests the law with as many samples as asked, drawn by the seed, and stops on abort", async () => {
    const done: number[] = [];
    const goodness = async (bootstrap: number, seed: number) => {
      const progress = (report: { done: number }) => void done.push(report.done);
      return (await analyzeCorpus(corpus, { bootstrap, seed, progress })).powerLaw!.goodness!;
    };
    expect((await goodness(1, 1)).samples).toBe(1);
    const [one, again, two, three] = [
      await goodness(10, 1),
      await goodness(10, 1),
      await goodness(10, 2),
      await goodness(10, 3),
    ];
    expect(again).toEqual(one);
    expect(new Set([one, two, three].map(({ p }) => p)).size).toBeGreaterThan(1);
    expect(done.slice(0, 4)).toEqual([1, 1, 2, 3]);
    const stopped = analyzeCorpus(corpus, { bootstrap: 10, signal: AbortSignal.abort(new Error("enough")) });
    await expect(stopped).rejects.toThrow("enough");
  });

  it("lists as many as asked, even none", async () => {
    const { topSongs, topArtists } = await analyzeCorpus(corpus, { top: 3 });
    expect([topSongs.length, topArtists!.length]).toEqual([3, 3]);
    expect(await analyzeCorpus(corpus, { top: 0 })).toMatchObject({ topSongs: [], topArtists: [] });
  });

  it.each([39, 40, 41, 400])("has at most 40 bins for playlists of up to %i tracks", async (longest) => {
    const builder = new CorpusBuilder();
    for (const length of [1, longest])
      builder.add({ id: `${length}`, tracks: Array.from({ length }, (_, i) => `${i}`) });
    const { bins } = (await analyzeCorpus(builder.build())).lengths;
    expect(bins.length).toBeLessThanOrEqual(40);
    expect(bins.at(-1)).toMatchObject({ count: 1 });
    expect(bins.at(-1)!.from).toBeLessThanOrEqual(longest);
    expect(bins.at(-1)!.to).toBeGreaterThanOrEqual(longest);
  });

  it("does not count tracks without an artist as by one of that name", async () => {
    const builder = new CorpusBuilder();
    builder.add({ id: "1", tracks: ["A-1", "x", "y"], artists: ["A", "", ""] });
    const { artists, topArtists } = await analyzeCorpus(builder.build());
    expect([artists, topArtists]).toEqual([1, [{ name: "A", plays: 1 }]]);
    const nameless = new CorpusBuilder();
    nameless.add({ id: "1", tracks: ["x", "y", "y"], artists: ["", "", ""] });
    expect(await analyzeCorpus(nameless.build())).toMatchObject({ powerLaw: { what: "Songs" } });
  });

  it("computes the share of next tracks that no model can know", async () => {
    const builder = new CorpusBuilder();
    builder.add({ id: "1", tracks: ["a", "b"] });
    builder.add({ id: "2", tracks: ["b", "a"] });
    builder.add({ id: "3", tracks: ["a", "c"] });
    const { unknownNext } = await analyzeCorpus(builder.build());
    // Before: a twice, b once, c never. Next: b, a, c.
    expect(unknownNext.slice(0, 3).map((each) => each.share)).toEqual([1 / 3, 2 / 3, 1]);
  });

  it("takes the mean of the two middle playlists as the median of an even number", async () => {
    const builder = new CorpusBuilder();
    builder.add({ id: "1", tracks: ["a", "b", "c"] });
    builder.add({ id: "2", tracks: ["b", "a"] });
    const analysis = await analyzeCorpus(builder.build());
    expect(analysis.lengths.median).toBe(2.5);
    expect(analysisText(analysis)).toContain("half of them 2.5 or fewer,");
    builder.add({ id: "3", tracks: ["a", "b", "c", "d", "e"] });
    expect((await analyzeCorpus(builder.build())).lengths.median).toBe(3);
  });

  it("says that there is no next track if no playlist has two tracks", async () => {
    const builder = new CorpusBuilder();
    builder.add({ id: "1", tracks: ["a"] });
    builder.add({ id: "2", tracks: ["b"] });
    const corpus = builder.build();
    const analysis = await analyzeCorpus(corpus);
    expect(analysis.unknownNext).toEqual([]);
    expect(analysisText(analysis)).toMatch(/no next track that a model could know/);
    expect(analysisText(analysis)).not.toContain("0.0 %");
    expect(picturesOf(corpus, analysis, "light")).not.toHaveProperty("unknown-next");
  });

  it("draws the checked-in pictures", async () => {
    const analysis = await analyzeCorpus(corpus, { bootstrap: 10, top: 8 });
    for (const theme of ["light", "dark"] as const)
      for (const [name, spec] of Object.entries(picturesOf(corpus, analysis, theme)))
        if (theme === "light" || name === "power-law")
          await expect(await renderSvg(spec, { theme })).toMatchFileSnapshot(
            snapshot(`${name}-${theme}.svg`),
          );
  });

  it("labels only whole numbers on the axes of a handful of tracks", async () => {
    const builder = new CorpusBuilder();
    builder.add({ id: "1", tracks: ["a", "b", "c"] });
    builder.add({ id: "2", tracks: ["b", "a"] });
    const handful = builder.build();
    const pictures = picturesOf(handful, await analyzeCorpus(handful), "light");
    for (const name of ["songs", "lengths", "top-songs"]) {
      const svg = await renderSvg(pictures[name]!, { theme: "light" });
      const numbers = [...svg.matchAll(/>([\d.]+m?)<\/text>/g)].map((match) => match[1]);
      expect(numbers.length, name).toBeGreaterThan(3);
      for (const each of numbers) expect(each, name).toMatch(/^\d+$/);
    }
  });

  it.each([
    [1, "from 1 entry on"],
    [2, "from 2 entries on"],
  ])("says in the picture that the law holds from %i on", async (xmin, said) => {
    const analysis = await analyzeCorpus(corpus, { bootstrap: 0 });
    const powerLaw = { ...analysis.powerLaw!, xmin };
    const pictures = picturesOf(corpus, { ...analysis, powerLaw }, "light");
    expect(JSON.stringify(pictures["power-law"])).toContain(said);
  });

  it("labels the fitted laws", async () => {
    const pictures = picturesOf(corpus, await analyzeCorpus(corpus, { bootstrap: 0 }), "light");
    const svg = await renderSvg(pictures["power-law"]!, { theme: "light" });
    for (const law of ["power law", "lognormal", "exponential", "truncated power law"])
      expect(svg).toContain(`>${law}</text>`);
    // One legend for both colours and strokes.
    expect(svg.match(/>power law<\/text>/g)).toHaveLength(1);
  });

  it("prints no p-value as 0, and no ratio as minus 0", async () => {
    const analysis = await analyzeCorpus(corpus, { bootstrap: 0 });
    const [first] = analysis.powerLaw!.comparisons;
    const powerLaw = { ...analysis.powerLaw!, comparisons: [{ ...first!, ratio: -0.04, p: 1e-9 }] };
    expect(analysisText({ ...analysis, powerLaw })).toMatch(/ R {7}0\.0 {2}p <\.001 /);
  });

  it("prints the checked-in text, within 80 columns", async () => {
    const text = analysisText(await analyzeCorpus(corpus, { bootstrap: 10 }));
    for (const line of text.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
    await expect(text).toMatchFileSnapshot(snapshot("text.txt"));
  });
});

describe("fitColumns", () => {
  it("counts wide letters twice and cuts with an ellipsis", () => {
    expect(fitColumns("abc", 5)).toBe("abc  ");
    expect(fitColumns("abcdef", 4)).toBe("abc…");
    expect(fitColumns("丸の内", 5)).toBe("丸の…");
    expect(fitColumns("e\u0301a", 3)).toBe("e\u0301a ");
    expect(fitColumns("a\u202eb\x1b", 5)).toBe("a b  ");
  });
});
