import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CorpusBuilder } from "../../corpus/index.js";
import { SegueError } from "../../system/index.js";
import { resolveOptions } from "../options/options.js";
import { ofTracks } from "../options/wording.js";
import { planShards } from "../threads/shards.js";
import { trainTrack2Vec } from "../training/train.js";
import { trainWord2Vec } from "../word2vec.js";
import { type LayoutNeeds, layOut } from "./layout.js";

const GIB = 1024 ** 3;

/** What a training of so many tracks asks for, as `Session` does. */
function needsOf(vocabulary: number, size: number, kind: Partial<LayoutNeeds> = {}): LayoutNeeds {
  const hs = kind.hs ?? false;
  const plan = planShards(
    vocabulary,
    { largest: 0, same: 0 },
    { ...resolveOptions({ workers: "racy" }), hs },
  );
  return {
    vocabulary,
    tracks: vocabulary,
    size,
    negative: 5,
    hs,
    depth: hs ? 30 : 0,
    pathWords: hs ? vocabulary * 25 : 0,
    chunks: 5000,
    mostWords: 1280,
    mostSegments: 256,
    threads: 2,
    ...plan,
    shards: 0,
    ...kind,
  };
}
function refusal(needs: LayoutNeeds): SegueError {
  try {
    layOut(needs);
  } catch (error) {
    expect(error).toBeInstanceOf(SegueError);
    return error as SegueError;
  }
  throw new Error("it fits");
}
const fits = (needs: LayoutNeeds) => layOut(needs).totalBytes <= 4 * GIB;

describe("what does not fit into 4 GiB", () => {
  it.each([
    ["skip-gram or CBOW", 20_000_000, 48, {}],
    ["both losses", 12_000_000, 64, { hs: true }],
    ["with shards", 15_000_000, 48, { shards: 8 }],
    ["odd dimensions", 3_000_000, 333, {}],
  ] as const)("is refused with the exact limit of tracks and dimensions: %s", (_, vocabulary, size, kind) => {
    const needs = needsOf(vocabulary, size, kind);
    const { code, message, hint } = refusal(needs);
    expect(code).toBe("out-of-memory");
    expect(message).toMatch(
      /needs \d+\.\d\d GiB of memory \(\d+\.\d\d GiB of it matrices\), and the kernel addresses 4 GiB/,
    );
    const [, tracks, dimensions] =
      /would fit: (\d+) tracks of \d+ dimensions .*; or all \d+ with vectorSize (\d+)/.exec(hint ?? "") ?? [];
    const rows = (n: number) => ({
      ...needs,
      vocabulary: n,
      pathWords: Math.ceil((needs.pathWords / vocabulary) * n),
    });
    expect(fits(rows(Number(tracks)))).toBe(true);
    expect(() => layOut(rows(Number(tracks) + 1))).toThrow(/GiB/);
    expect(fits({ ...needs, size: Number(dimensions) })).toBe(true);
    expect(() => layOut({ ...needs, size: Number(dimensions) + 1 })).toThrow(/GiB/);
  });

  it("follows the formula of docs/track2vec.md", () => {
    for (const [vocabulary, size, hs] of [
      [1_000_000, 48, false],
      [5_000_000, 50, false],
      [2_000_000, 100, true],
    ] as const) {
      for (const shards of [0, 8]) {
        const needs = needsOf(vocabulary, size, { hs, shards });
        const matrices = hs ? 3 : 2;
        const threads = shards > 0 ? needs.threads : 0;
        const row = 16 * Math.ceil(size / 4) + 4 * threads;
        const formula =
          vocabulary * (matrices * row + 2 * threads + 12 + 4) +
          (hs ? 4 * (needs.pathWords + vocabulary) : 0);
        // Beside it what threads and shards need for the chunks that they work on.
        const beside = (layOut(needs).totalBytes - formula) / 2 ** 20;
        expect(beside).toBeGreaterThan(0);
        expect(beside).toBeLessThan(((needs.threads + shards * (hs ? 10 : 1)) * size) / 48);
      }
    }
  });

  it("begins at the sizes in the table of docs/track2vec.md", () => {
    const page = readFileSync(new URL("../../../docs/track2vec.md", import.meta.url), "utf8");
    const rows = [...page.matchAll(/^\| (\d+) \| [\d,]+ \([\d,]+\) \| ([\d.]+) \(([\d.]+)\) million \|$/gm)];
    expect(rows).toHaveLength(4);
    for (const [, size, deterministic, racy] of rows) {
      for (const [told, shards] of [
        [deterministic, 8],
        [racy, 0],
      ] as const) {
        const needs = needsOf(Number(told) * 1e6, Number(size), { shards });
        expect(fits(needs), `${told} million of ${size}`).toBe(true);
        const more = (Number(told) + 0.1) * 1e6;
        expect(() => layOut({ ...needs, vocabulary: more, tracks: more })).toThrow(/GiB/);
      }
    }
  });

  it("uses the caller's names of options and items", () => {
    const option = (name: string) => `--${name.toLowerCase()}`;
    expect(() => layOut(needsOf(20_000_000, 48), { ...ofTracks, option, item: "word" })).toThrow(
      /20000000 words/,
    );
    const { hint } = refusal(needsOf(20_000_000, 48));
    expect(hint).toContain("set maxFinalVocab, or raise minCount");
  });

  it("is refused before any memory is allocated, by trainTrack2Vec and trainWord2Vec", async () => {
    const builder = new CorpusBuilder();
    const words = Array.from({ length: 40_000 }, (_, i) => `w${i}`);
    for (let at = 0; at < words.length; at += 500) builder.add({ id: "", tracks: words.slice(at, at + 500) });
    const options = { minCount: 1, vectorSize: 30_000, workers: "racy" } as const;
    const before = process.memoryUsage().rss;
    await expect(trainTrack2Vec(builder.build(), options)).rejects.toMatchObject({
      code: "out-of-memory",
      message: expect.stringMatching(/^training 40000 tracks × 30000 dimensions needs 8\.9\d GiB/),
      hint: expect.stringMatching(
        /^What would fit: \d+ tracks of 30000 dimensions .*; or all 40000 with vectorSize \d+\.$/,
      ),
    });
    await expect(trainWord2Vec([words], { ...options })).rejects.toThrow(
      /training 40000 words × 30000 dimensions/,
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(GIB / 4);
  });
});
