import { describe, expect, it } from "vitest";
import { pairedDifference } from "./bootstrap.js";
import { type AskedFigures, type Findings, type RankedFigures, remarksOn } from "./remarks.js";

/** Figures that can be taken as they stand; each test changes what it is about. */
const test: AskedFigures = {
  k: 20,
  queries: 1000,
  hitRatio: 0.4,
  interval: [0.37, 0.43],
  catalogue: 5000,
  knownTargets: 0.7,
  gain: { mean: 0.3, low: 0.27, high: 0.33, p: 0.001 },
};
const ranked = (name: string, hitRatio: number, half = 0.03): RankedFigures => ({
  name,
  recommender: name.split(" ")[0]!,
  hitRatio,
  interval: [hitRatio - half, hitRatio + half],
  asked: 1000,
});
const ranking = [ranked("blend", 0.42), ranked("vstan", 0.3), ranked("popularity", 0.1)];
const cleaned = { rows: 1000, rejected: 50, run: "20260131-090507-k3f9" };
const on = (findings: Partial<Findings>) =>
  remarksOn({ test, ranking, cleaned, kFlag: "--knn-k", ...findings });
const onTest = (changed: Partial<AskedFigures>) => on({ test: { ...test, ...changed } });

it("says nothing if the figures need no remark, or if there are none", () => {
  expect(on({})).toEqual([]);
  expect(remarksOn({ kFlag: "-k" })).toEqual([]);
  // As an older run left them, which did not count these.
  expect(onTest({ catalogue: undefined, knownTargets: undefined, gain: undefined })).toEqual([]);
});

describe("answers as long as the catalogue", () => {
  it("that contain all of it do not compare models", () => {
    const even = [ranked("a", 0.9), ranked("b", 0.9)];
    const gain = { mean: 0, low: 0, high: 0, p: 1 };
    expect(on({ test: { ...test, k: 100, catalogue: 60, gain }, ranking: even })).toEqual([
      "training knows only 60 tracks, and an answer of 100 holds them all, so every model hits the same; ask for fewer: --knn-k 3",
    ]);
    expect(onTest({ k: 60, catalogue: 60 })[0]).toMatch(/holds them all/);
  });

  it("are remarked on from a quarter of it", () => {
    const [remark, ...more] = remarksOn({ test: { ...test, k: 100, catalogue: 400 }, kFlag: "-k" });
    expect(remark).toMatch(
      /only 400 tracks, so that 100 drawn at random hold 25 % .*; ask for fewer: -k 10$/,
    );
    expect(more).toEqual([]);
    expect(onTest({ k: 100, catalogue: 401 })).toEqual([]);
  });

  it("cannot be shorter than one track", () => {
    expect(onTest({ k: 1, catalogue: 1 })[0]).toMatch(/only 1 track, .* hits the same$/);
  });
});

describe("targets that training has not seen", () => {
  it("limit the hit ratio", () => {
    expect(onTest({ knownTargets: 0.23 })).toEqual([
      expect.stringMatching(/^only 23 % .* more than 0\.2300;/),
    ]);
    expect(onTest({ knownTargets: 0.004 })[0]).toMatch(/^only 0\.4 %/);
    expect(onTest({ knownTargets: 0.0003 })[0]).toMatch(/^only 0\.03 % .* more than 0\.0003;/);
    expect(onTest({ knownTargets: 0.5 })).toEqual([]);
  });

  it("leave nothing to compare if all are unknown", () => {
    const none = [ranked("a", 0, 0), ranked("b", 0, 0)];
    const gain = { mean: 0, low: 0, high: 0, p: 1 };
    expect(on({ test: { ...test, knownTargets: 0, gain }, ranking: none })).toEqual([
      expect.stringMatching(
        /^none of the tracks asked for was in training, so no model can name one; it takes/,
      ),
    ]);
  });
});

describe("contexts that training has not seen", () => {
  it("leave recommenders without input", () => {
    expect(onTest({ knownContexts: 0 })).toEqual([
      expect.stringMatching(
        /^no query holds a track that training knows, so answers rely only on .*; it takes/,
      ),
    ]);
    expect(onTest({ knownContexts: 0.123 })).toEqual([
      expect.stringMatching(
        /^only 12 % of the queries hold a track that training knows, so the answers to the others/,
      ),
    ]);
    expect(onTest({ knownContexts: 0.5 })).toEqual([]);
  });
});

it("remarks on playlists that are also in training from one per cent on", () => {
  expect(onTest({ copies: 9 })).toEqual([]);
  expect(onTest({ copies: 10 })).toEqual([
    expect.stringMatching(/^10 of 1,000 playlists asked about \(1\.0 %\) are in training too, /),
  ]);
  const [, remark] = remarksOn({ test: { ...test, queries: 2, copies: 1 }, kFlag: "-k", unit: "queries" });
  expect(remark).toMatch(/^1 of 2 queries asked about \(50 %\) is in training too, /);
});

describe("few queries", () => {
  it("state the interval and the number of queries", () => {
    expect(onTest({ queries: 149, interval: [0.33, 0.474] })).toEqual([
      expect.stringMatching(/^only 149 playlists were asked, .* anywhere from 0\.33 to 0\.47 \(95 %\); more/),
    ]);
    expect(onTest({ queries: 150 })).toEqual([]);
    const [remark] = remarksOn({ test: { ...test, queries: 50 }, kFlag: "-k", unit: "queries" });
    expect(remark).toMatch(/^only 50 queries were asked/);
    expect(onTest({ queries: 1 })[0]).toMatch(/^only 1 playlist was asked/);
    expect(remarksOn({ test: { ...test, queries: 1 }, kFlag: "-k", unit: "queries" })[0]).toMatch(
      /^only 1 query was/,
    );
  });

  // Wilson's for none and all of n end at z² / (n + z²) and n / (n + z²), z² = 3.84.
  it.each([
    [12, 1, [1, 1], "0.76 to 1.00"],
    [1, 0, [0, 0], "0.00 to 0.79"],
    [10, 0.4, undefined, "0.17 to 0.69"],
  ] as const)("of %j with %d hits are not taken as significant", (queries, hitRatio, interval, range) => {
    expect(onTest({ queries, hitRatio, interval })[0]).toContain(`anywhere from ${range} (95 %)`);
  });
});

it("says which models diverged", () => {
  const diverged = (name: string) => ({ ...ranked(name, 0, 0), vocabulary: 0, diverged: "the training …" });
  expect(on({ ranking: [...ranking, diverged("one")] })).toEqual(["one has no figures: the training …"]);
  expect(on({ ranking: [...ranking, diverged("one"), diverged("two")] })).toEqual([
    "2 models, one among them, have no figures: the training …",
  ]);
});

describe("the choice of the best", () => {
  it("is noise where intervals overlap", () => {
    const one = [ranked("blend", 0.42), ranked("vstan", 0.4), ranked("popularity", 0.1)];
    expect(on({ ranking: one })).toEqual([
      expect.stringMatching(
        /^on validation vstan is within chance of blend .* may be chance; more playlists/,
      ),
    ]);
    const touching = { ...one[1]!, interval: [0.3, one[0]!.interval[0]] as const };
    expect(on({ ranking: [one[0]!, touching] })).toHaveLength(1);
    expect(on({ ranking: [...one, ranked("ease", 0.38)] })[0]).toMatch(
      / 2 other models are within chance of/,
    );
  });

  it("is judged by paired differences if known", () => {
    const behind = (p: number) => ({ ...ranked("vstan", 0.4), behind: { p } });
    const best = ranked("blend", 0.42);
    // The intervals overlap in all of these.
    expect(on({ ranking: [best, behind(0.002)] })).toEqual([]);
    expect(on({ ranking: [best, behind(0.05)] })).toHaveLength(1);
    expect(on({ ranking: [best, behind(1)] })).toHaveLength(1);
  });

  it("is judged by Wilson's interval if all were hits, and not against models that learned nothing", () => {
    const all = (asked: number) => ({ ...ranked("blend", 1, 0), asked });
    const next = ranked("vstan", 0.88, 0.06);
    expect(on({ ranking: [all(20), next] })).toHaveLength(1);
    expect(on({ ranking: [all(1000), next] })).toEqual([]);
    expect(on({ ranking: [all(20), { ...next, vocabulary: 0 }] })).toEqual([]);
  });
});

it("takes no difference of five playlists as significant, like the leaderboard", () => {
  // Of 200 the best hits these five more, and none less: a coin falls so one time in 16.
  const few = pairedDifference(
    new Float64Array(200),
    Float64Array.from({ length: 200 }, (_, i) => Number(i < 5)),
  );
  expect(few.high).toBeLessThan(0);
  const best = ranked("blend", 0.42);
  expect(on({ ranking: [best, { ...ranked("vstan", 0.395), behind: few }] })).toHaveLength(1);
  const gain = { mean: -few.mean, low: -few.high, high: -few.low, p: few.p };
  expect(onTest({ gain })).toEqual([expect.stringMatching(/does no better than .* p 0\.06[23]\)/)]);
});

describe("compared with popularity", () => {
  it.each([
    [
      { mean: 0.02, low: -0.03, high: 0.07, p: 0.42 },
      /does no better .*\+0\.020, 95 % interval −0\.030 to \+0\.070, p 0\.420/,
    ],
    [{ mean: -0.02, low: -0.07, high: 0.03, p: 0.42 }, /^on the test blend does no better .*−0\.020/],
    [{ mean: -0.1, low: -0.15, high: -0.05, p: 0.002 }, /blend hits less than .*; --recommenders popularity/],
  ])("%j is remarked", (gain, remark) => {
    expect(onTest({ gain })).toEqual([expect.stringMatching(remark)]);
  });

  it("remarks once if popularity itself is best", () => {
    const gain = { mean: 0, low: 0, high: 0, p: 1 };
    const itself = [ranked("popularity", 0.42), ranked("vstan", 0.3)];
    expect(on({ test: { ...test, gain }, ranking: itself })).toEqual([
      expect.stringMatching(/^popularity came out best/),
    ]);
  });
});

it("remarks on figures from part of the data", () => {
  const [half, fifth] = [on({ sample: { subset: true } }), on({ sample: { ratio: 0.2 } })];
  expect(half).toEqual([
    "the models saw only about half of the rows (subset); all of the data will give other figures",
  ]);
  expect(fifth[0]).toMatch(/^the models saw only a sample of 20 % of the playlists \(dev\);/);
});

it("remarks on many rejected rows, and where they are", () => {
  expect(on({ cleaned: { ...cleaned, rejected: 51 } })).toEqual([
    "51 of 1,000 rows (5.1 %) could not be used; segue dump intermediate/20260131-090507-k3f9/clean_data/rejectedRows names the file that lists them, each with its reason",
  ]);
  expect(on({ cleaned: { ...cleaned, rejected: 51, remedies: ["say X"] } })[0]).toMatch(/its reason; say X$/);
  expect(remarksOn({ cleaned: { ...cleaned, rejected: 999 }, kFlag: "--knn-k" })[0]).toMatch(/99\.9 %/);
  const nearlyAll = remarksOn({ cleaned: { ...cleaned, rows: 10_000, rejected: 9_998 }, kFlag: "--knn-k" });
  expect(nearlyAll[0]).toMatch(/^9,998 of 10,000 rows \(99\.98 %\)/);
});
