import { expect, it } from "vitest";
import { type Corpus, CorpusBuilder } from "../../corpus/index.js";
import { Random } from "../../system/index.js";
import { TrackNumbers } from "../core/asking/query.js";
import { Fallback } from "../core/fallback/fallback.js";
import { sessionsOf } from "../core/plays/sessions.js";
import { ScoreBoard } from "../core/scores/score-board.js";
import { codeOfContext, type EncoderModel, noEncoder } from "../encoder/encoder-model.js";
import { columns, featureNames, meritInputs } from "./features/columns.js";
import { outside, signalsOf } from "./fitting/fold.js";
import { blendDefaults } from "./settings.js";

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((value, i) => value * b[i]!));
const unit = (a: readonly number[]) => a.map((value) => value / (Math.hypot(...a) || 1));
const total = (vectors: readonly (readonly number[])[]) =>
  vectors.reduce((all, vector) => all.map((value, i) => value + vector[i]!), [0, 0, 0, 0]);

/** Fifty playlists of 22 tracks, the last ones of 25; a sixth has no artist, and one more track is in no playlist. */
function sample() {
  const random = new Random(3);
  const lists = Array.from({ length: 50 }, (_, p) =>
    Array.from({ length: 3 + random.below(14) }, () => random.below(p < 40 ? 22 : 24)),
  );
  // First those that number the tracks by appearance.
  lists[0] = Array.from({ length: 22 }, (_, t) => t);
  lists[40] = [22, 23, 22];
  lists[45] = [2, 24];
  const builder = new CorpusBuilder();
  for (const [p, list] of [...lists, [25]].entries()) {
    const artists = list.map((track) => (track % 6 === 5 || track === 25 ? "" : `A${track % 4}`));
    const tracks = list.map((track, i) => `${artists[i]}-${track}`);
    builder.add({ id: `${p}`, tracks, artists, title: p % 3 === 0 ? "rainy day" : `day ${p}` });
  }
  return outside(builder.build(), { from: 50, to: 51 });
}

const corpus = sample();
const lists = Array.from({ length: 50 }, (_, p) => [
  ...corpus.items.subarray(corpus.offsets[p]!, corpus.offsets[p + 1]!),
]);
const count = lists.length;
const length = corpus.items.length / count;
const artist = (track: number) => corpus.artists![track]!;
const random = new Random(9);
const vector = corpus.tracks.map(() => unit(Array.from({ length: 4 }, () => random.next() - 0.5)));
const gates = Array.from({ length: 3 }, () => Array.from({ length: 4 }, () => random.next()));
const encoder: EncoderModel = {
  size: 4,
  units: Float32Array.from(vector.flat()),
  gates: Float32Array.from(gates.flat()),
};
const fallback = Fallback.fit(corpus);
const settings = { ...blendDefaults, window: 4 };
const signals = signalsOf(corpus, sessionsOf(corpus), fallback, encoder, settings);
signals.meritWeights = Float64Array.from({ length: 2 * meritInputs.length }, () => random.next());

/** What plays within `window` places of one key, in playlists of keys: the weights of a link, by the other key. */
function linksOf<Key>(playlists: readonly (readonly Key[])[], window: number, key: Key) {
  const links = new Map<
    Key,
    { next: number; after: number; before: number; together: number; late: number }
  >();
  for (const [p, list] of playlists.entries())
    for (const [at, here] of list.entries())
      for (const [i, other] of list.entries()) {
        const d = Math.abs(i - at);
        if (here !== key || d === 0 || d > window) continue;
        const link = links.get(other) ?? { next: 0, after: 0, before: 0, together: 0, late: 0 };
        links.set(other, link);
        link.together += 1;
        if (i === at + 1) link.next += 1;
        link[i > at ? "after" : "before"] += 1 / d;
        if (i > at) link.late += Math.exp(-(count - 1 - p) / (0.15 * count)) / d;
      }
  const all = [...links.values()];
  const of = (weight: "next" | "after" | "before" | "together" | "late") => sum(all.map((l) => l[weight]));
  return {
    links,
    totals: { next: of("next"), after: of("after"), before: of("before"), late: of("late") },
    together: of("together"),
  };
}

/** Playlists of keys that share some with the context, each with its similarity, its match and the idf of all that it shares. */
function neighboursOf<Key>(
  playlists: readonly (readonly Key[])[],
  context: readonly Key[],
  match: "first" | "last",
) {
  const known = [...new Set([...context].reverse())];
  const idf = (key: Key) => Math.log((count + 1) / playlists.filter((list) => list.includes(key)).length);
  return playlists.flatMap((list, p) => {
    const shared = known.filter((key) => list.includes(key));
    if (shared.length === 0) return [];
    const back = (key: Key) => context.length - 1 - context.lastIndexOf(key);
    const found = sum(shared.map((key) => Math.exp(-back(key) / Math.sqrt(length)) * idf(key)));
    const at = match === "last" ? list.lastIndexOf(shared[0]!) : list.indexOf(shared[0]!);
    return [{ p, at, similarity: found / Math.sqrt(list.length), overlap: sum(shared.map(idf)) }];
  });
}

/** All features of all tracks but the first guess and shares of the largest, by their definitions. */
function features(context: readonly number[], artists: readonly string[], unknown: number, title: string) {
  const window = Math.max(4, Math.round(length));
  const plays = (track: number) => sum(lists.map((list) => list.filter((t) => t === track).length));
  const roots = (track: number) => Math.sqrt(fallback.counts[track]!);
  const from = [...context].reverse().map((track) => ({ track, ...linksOf(lists, window, track) }));
  const none = { next: 0, after: 0, before: 0, together: 0, late: 0 };
  const neighbours = neighboursOf(lists, context, "last").map((n) => ({
    ...n,
    similarity: n.similarity * Math.exp(-(count - 1 - n.p) / count),
  }));
  const byArtist = lists.map((list) => list.map(artist));
  const knownArtists = artists.filter((name) => name !== "");
  const artistNeighbours = neighboursOf(byArtist, knownArtists, "first");
  const artistWindow = Math.max(10, Math.round(length));
  const artistLinks = new Map(
    [...new Set(corpus.artists)].map((name) => [name, linksOf(byArtist, artistWindow, name)]),
  );
  const boards = [new ScoreBoard(26), new ScoreBoard(26)] as const;
  const query = new TrackNumbers(corpus.tracks).query({
    tracks: context.map((t) => corpus.tracks[t]!),
    title,
  });
  fallback.artists!.score(
    { ...query, unknown: artists.slice(context.length).map((name) => `${name}-`) },
    boards[0],
    1,
  );
  fallback.titles!.score(query, boards[1], true);
  const code = new Float32Array(4);
  codeOfContext(encoder, Uint32Array.from(context), code);
  const decay = 1 - 0.5 / Math.sqrt(length);
  const weighted = (vectors: readonly (readonly number[])[], by: number) =>
    unit(total(vectors.map((v, i) => v.map((value) => value * by ** (vectors.length - 1 - i)))));
  const contextVectors = context.map((t) => vector[t]!);
  const artistVector = (name: string) =>
    name === ""
      ? [0, 0, 0, 0]
      : unit(
          total(
            vector.flatMap((v, t) => (artist(t) === name ? [v.map((x) => x * fallback.counts[t]!)] : [])),
          ),
        );
  const logs = context.map((t) => Math.log1p(plays(t)));
  const mean = sum(logs) / (context.length || 1);
  const last = context.at(-1);
  const pairsInARow = (list: readonly unknown[]) =>
    list.filter((x, i) => i > 0 && x !== "" && x === list[i - 1]).length;
  const lastPlay = (track: number) => lists.findLastIndex((list) => list.includes(track));
  const lastIn = (track: number, share: number) =>
    sum(lists.map((list, p) => (p >= share * count ? list.filter((t) => t === track).length : 0)));
  const perTrack = corpus.tracks.map((_, x) => {
    const linked = from.map(({ track, links, totals }, back) => {
      const l = links.get(x) ?? none;
      return {
        has: links.has(x) ? 1 : 0,
        next: l.next / (totals.next + 3),
        count: l.next,
        after: l.after / (totals.after + 3),
        before: l.before / (totals.before + 3),
        late: l.late / (totals.late + 0.5),
        cosine: l.together / (roots(track) * roots(x) + 5),
        fade: 0.7 ** back,
        slow: (back + 1) ** -0.7,
      };
    });
    const votes = neighbours.flatMap((n) =>
      lists[n.p]!.flatMap((track, i) => {
        if (track !== x || i === n.at) return [];
        const place = (i < n.at ? 0.8 : 1) * Math.exp(-(Math.abs(i - n.at) - 1) / (1.5 * Math.sqrt(length)));
        return [{ ...n, place, follows: i === n.at + 1, age: Math.exp(-(count - 1 - n.p) / (0.15 * count)) }];
      }),
    );
    const artistVotes = artistNeighbours.flatMap((n) =>
      lists[n.p]!.flatMap((track, i) =>
        track === x
          ? [
              {
                similarity: n.similarity,
                place: Math.exp(-(Math.abs(i - n.at) - 1) / (1.5 * Math.sqrt(length))),
              },
            ]
          : [],
      ),
    );
    const name = artist(x);
    const own = artistLinks.get(name)!;
    const fromArtists = [...knownArtists].reverse().map((other, back) => {
      const { links, totals, together } = artistLinks.get(other)!;
      const l = links.get(name) ?? none;
      return {
        link: ((back + 1) ** -0.7 * l.together) / (Math.sqrt(together * own.together) + 20),
        after: back < 8 ? (0.7 ** back * l.after) / (totals.after + 3) : 0,
      };
    });
    const byIt = (number: number) => (name === "" ? 0 : number);
    const tracksOfIt = corpus.tracks.map((_, t) => t).filter((t) => artist(t) === name);
    const playsOfIt = sum(tracksOfIt.map((t) => fallback.counts[t]!));
    const artistPlays = byIt(knownArtists.filter((other) => other === name).length);
    const back = [...context].reverse().indexOf(x) + 1;
    const artistBack = [...knownArtists].reverse().indexOf(name) + 1;
    const first = lists.findIndex((list) => list.includes(x));
    const ends = lists.filter((list) => list.at(-1) === x).length;
    const repeats = sum(
      lists.map((list) => list.filter((t, i) => i > 0 && t === x && list[i - 1] === x).length),
    );
    const tops = tracksOfIt.sort((a, b) => fallback.counts[b]! - fallback.counts[a]! || a - b);
    return {
      lastNext: linked[0]?.next ?? 0,
      lastAfter: linked[0]?.after ?? 0,
      lastBefore: linked[0]?.before ?? 0,
      lastCosine: linked[0]?.cosine ?? 0,
      lastLate: linked[0]?.late ?? 0,
      secondAfter: linked[1]?.after ?? 0,
      after: sum(linked.map((l) => l.fade * l.after)),
      before: sum(linked.map((l) => l.fade * l.before)),
      cosine: sum(linked.map((l) => l.slow * l.cosine)),
      cosineFlat: sum(linked.map((l) => l.cosine)),
      cosineMost: Math.max(0, ...linked.map((l) => l.cosine)),
      late: sum(linked.map((l) => l.fade * l.late)),
      linked: sum(linked.map((l) => l.has)),
      stan: sum(votes.map((v) => v.similarity)),
      sknn: sum(votes.map((v) => v.overlap / Math.sqrt(lists[v.p]!.length))),
      near: sum(votes.map((v) => v.similarity * v.place)),
      following: sum(votes.map((v) => (v.follows ? v.similarity : 0))),
      recent: sum(votes.map((v) => v.similarity * v.age * v.place)),
      voters: votes.length,
      closest: Math.max(0, ...votes.map((v) => v.similarity)),
      artist: boards[0].get(x),
      title: boards[1].get(x),
      repeats: context.filter((t) => t === x).length,
      back: back === 0 ? 0 : 1 / back,
      lastNextCount: linked[0]?.count ?? 0,
      artistVotes: sum(artistVotes.map((v) => v.similarity)),
      artistNear: sum(artistVotes.map((v) => v.similarity * v.place)),
      artistLink: byIt(sum(fromArtists.map((l) => l.link))),
      artistAfter: byIt(sum(fromArtists.map((l) => l.after))),
      artistPlays,
      artistBack: artistBack === 0 ? 0 : byIt(1 / artistBack),
      code: last === undefined ? 0 : Math.exp(16 * (dot([...code], vector[x]!) - 1)),
      "log plays": Math.log1p(plays(x)),
      "log plays, last 2 %": Math.log1p(lastIn(x, 0.98)),
      "log plays, last 10 %": Math.log1p(lastIn(x, 0.9)),
      "age of the last play": 1 - (lastPlay(x) + 1) / count,
      "age of the first play": first < 0 ? 1 : 1 - first / count,
      "share of plays that end a playlist": (ends + 0.5) / (plays(x) + 4),
      "share of plays that repeat the one before": (repeats + 0.05) / (plays(x) + 2),
      "log tracks of the artist": byIt(Math.log1p(tracksOfIt.length)),
      "log plays of the artist": byIt(Math.log1p(playsOfIt)),
      "share of the artist's plays": byIt((fallback.counts[x]! + 0.2) / (playsOfIt + 2)),
      "log place among the artist's tracks": byIt(Math.log1p(tops.indexOf(x))),
      "same artist as last": name !== "" && name === artists.at(-1) ? 1 : 0,
      "log plays beside the context's": Math.log1p(plays(x)) - mean,
      "artist's share of the context": artistPlays / artists.length,
      "vector of last": last === undefined ? 0 : dot(vector[last]!, vector[x]!),
      "vector of context": dot(weighted(contextVectors, decay), vector[x]!),
      "vector of flat context": dot(weighted(contextVectors, 1), vector[x]!),
      "code of context": dot([...code], vector[x]!),
      "artist vector of context": dot(weighted(artists.map(artistVector), decay), artistVector(name)),
    };
  });
  const most = (feature: "stan" | "lastAfter" | "cosine") => Math.max(...perTrack.map((row) => row[feature]));
  const row = [...artists].reverse().findIndex((name) => name === "" || name !== artists.at(-1));
  const facts = {
    "log context length": Math.log1p(artists.length),
    "unknown since the last known": unknown,
    "share of unknown": unknown / artists.length,
    "log plays of the last": logs.at(-1) ?? 0,
    "repeat rate of the last":
      last === undefined ? 0 : perTrack[last]!["share of plays that repeat the one before"],
    "share of repeats in the context": (context.length - new Set(context).size) / (context.length || 1),
    "last repeats the one before": last !== undefined && context.at(-2) === last ? 1 : 0,
    "log neighbours": Math.log1p(neighbours.length),
    "largest stan": most("stan"),
    "largest last after": most("lastAfter"),
    "largest cosine": most("cosine"),
    "mean log plays": mean,
    "spread of log plays": Math.sqrt(sum(logs.map((log) => (log - mean) ** 2)) / (logs.length || 1)),
    "artists a play": new Set(artists).size / artists.length,
    "share of artists that follow themselves": pairsInARow(artists) / Math.max(1, artists.length - 1),
    "plays in a row by the last artist": row < 0 ? artists.length : row,
  };
  return perTrack.map((features) => ({ ...features, ...facts }));
}

it.each([
  ["one track", [7], []],
  ["repeats", [2, 9, 3, 3], []],
  ["no artist at the end", [0, 1, 2, 3, 4, 5], []],
  ["one artist, then unknown tracks", [8, 12, 16, 16], ["A0", "A0"]],
  ["an unknown artist at the end", [4, 21, 6], ["A1", ""]],
  ["artists of unknown tracks alone", [], ["A2", "A3", "A2"]],
  ["many tracks", Array.from({ length: 40 }, (_, i) => (i * i + 3 * i) % 23), []],
] as const)(
  "features of candidates follow their definitions: %s",
  (_, context: readonly number[], unknown: readonly string[]) => {
    const title = "rainy, new";
    const tracks = [...context.map((t) => corpus.tracks[t]!), ...unknown.map((name) => `${name}-new`)];
    signals.gather(new TrackNumbers(corpus.tracks).query({ tracks, title }));
    const expected = features(context, [...context.map(artist), ...unknown], unknown.length, title);
    expect([...signals.candidates.subarray(0, signals.count)].sort((a, b) => a - b)).toEqual(
      expected.map((_, t) => t),
    );
    let before = Number.POSITIVE_INFINITY;
    for (let i = 0; i < signals.count; i++) {
      signals.write(i);
      const row = signals.features.subarray(i * signals.width, (i + 1) * signals.width);
      const written = Object.fromEntries(featureNames.map((name, f) => [name, row[f]!]));
      const track = signals.candidates[i]!;
      const wanted: Record<string, number> = { ...expected[track]!, "order of merit": i };
      for (const name of featureNames.slice(columns)) {
        const column = name.replace(" / largest", "") as keyof (typeof expected)[0];
        if (column === name) continue;
        const most = Math.max(...expected.map((other) => other[column]));
        wanted[name] = most > 0 ? expected[track]![column] / most : 0;
      }
      const shares = meritInputs.map((input) => row[input]!);
      const weights = signals.meritWeights;
      wanted.merit = sum(
        shares.map((share, w) => weights[w]! * share + weights[shares.length + w]! * Math.sqrt(share)),
      );
      for (const name of featureNames)
        expect(written[name], `${name} of ${corpus.tracks[track]}`).toBeCloseTo(wanted[name]!, 4);
      expect(written.merit).toBeLessThanOrEqual(before);
      before = written.merit!;
    }
  },
);

it("candidates are the best of each source, the context, and popular tracks if these are few", () => {
  const builder = new CorpusBuilder();
  let id = 0;
  const add = (
    times: number,
    tracks: string[],
    { title = "", by = "", last = by }: Partial<Record<"title" | "by" | "last", string>> = {},
  ) => {
    const artists = tracks.map((_, i) => (i === tracks.length - 1 ? last : by));
    for (let p = 0; p < times; p++) builder.add({ id: `${id++}`, tracks, title, artists });
  };
  add(1, ["before"]);
  add(3, ["last", "linked"]);
  add(2, ["last", "linked too"]);
  add(1, ["last", "near"]);
  // Of the neighbours by artist, the shortest one votes, above all for tracks by artists of the context.
  add(2, ["hit 1", "hit 2", "hit 3", "hit 1"], { by: "Ann" });
  add(1, ["hit 4", "hit 4", "hit 4", "hit 4"], { by: "Ann" });
  add(1, ["bob 1", "bob 2", "guest"], { by: "Bob", last: "Ann" });
  add(1, ["sung", "sung too", "beside"], { by: "Ann", last: "" });
  for (const [i, track] of ["titled less", "titled too", "titled"].entries())
    add(i + 1, [track], { title: "rainy" });
  add(1, ["coded"]);
  add(1, ["coded too"]);
  for (let i = 0; i < 120; i++) add(i < 20 ? 10 : 20, [`popular ${i}`]);
  const corpus = builder.build();
  const places: Record<string, number[]> = {
    last: [1, 0],
    before: [0, 1],
    coded: [0.6, 0.8],
    "coded too": [0.8, 0.6],
  };
  const encoder = {
    size: 2,
    units: Float32Array.from(corpus.tracks.flatMap((track) => places[track] ?? [-1, 0])),
    gates: Float32Array.of(1, 1, 1, 1),
  };
  const few = { ...blendDefaults, nominated: 2, neighbours: 1 };
  const signals = signalsOf(corpus, sessionsOf(corpus), Fallback.fit(corpus), encoder, few);
  for (const [singer, title, more] of [
    ["Ann", "rainy", ["hit 1", "hit 2", "hit 3", "sung", "sung too", "titled", "titled too"]],
    ["Bob", "", ["bob 1", "bob 2"]],
  ] as const) {
    signals.gather(
      new TrackNumbers(corpus.tracks).query({ tracks: ["before", "last", `${singer}-new`], title }),
    );
    const names = Array.from(signals.candidates.subarray(0, signals.count), (track) => corpus.tracks[track]!);
    expect(names.filter((name) => !name.startsWith("popular")).sort()).toEqual(
      ["before", "last", "linked", "linked too", "near", "coded", "coded too", ...more].sort(),
    );
    expect(names.filter((name) => name.startsWith("popular")).sort()).toEqual(
      Array.from({ length: 100 }, (_, i) => `popular ${20 + i}`).sort(),
    );
  }
});

it("with long playlists, there are more candidates and fewer neighbours", () => {
  const sizes = (length: number) => {
    const builder = new CorpusBuilder();
    builder.add({ id: "1", tracks: Array.from({ length }, (_, t) => `${t}`) });
    const corpus = builder.build();
    const { settings } = signalsOf(
      corpus,
      sessionsOf(corpus),
      Fallback.fit(corpus),
      noEncoder,
      blendDefaults,
    );
    return [settings.candidates, settings.neighbours];
  };
  expect([2, 8, 18, 32].map(sizes)).toEqual([200, 200, 300, 400].map((candidates) => [candidates, 400]));
  expect([100, 250].map(sizes)).toEqual([200, 100].map((neighbours) => [400, neighbours]));
});

it("reads a run of one track as one play where hardly any playlist has one, but not where many do", () => {
  const builder = new CorpusBuilder();
  for (let p = 0; p < 20; p++)
    builder.add({ id: `${p}`, tracks: Array.from({ length: 10 }, (_, i) => `A-${(p * (i + 1) + i) % 23}`) });
  const plain = builder.build();
  const featuresOf = (of: Corpus, context: readonly string[]) => {
    const signals = signalsOf(of, sessionsOf(of), Fallback.fit(of), noEncoder, settings);
    signals.gather(new TrackNumbers(of.tracks).query({ tracks: context }));
    for (let i = 0; i < signals.count; i++) signals.write(i);
    return [...signals.features.subarray(0, signals.count * signals.width)];
  };
  const looped = ["A-3", "A-5", "A-5", "A-5", "B-new", "B-new", "A-7", "A-7"];
  const once = ["A-3", "A-5", "B-new", "A-7"];
  expect(featuresOf(plain, looped)).toEqual(featuresOf(plain, once));
  expect(featuresOf(plain, [...once, "A-5"])).not.toEqual(featuresOf(plain, once));
  expect(featuresOf(corpus, ["A0-0", "A0-0"])).not.toEqual(featuresOf(corpus, ["A0-0"]));
});

it("nominates more tracks in long playlists, from which answers longer than the candidates go on", () => {
  const sizes = (length: number) => {
    const builder = new CorpusBuilder();
    builder.add({ id: "p", tracks: Array.from({ length }, (_, i) => `A-${i}`) });
    const long = builder.build();
    const { nominated, candidates } = signalsOf(long, sessionsOf(long), Fallback.fit(long), noEncoder, {
      ...blendDefaults,
    }).settings;
    return { nominated, candidates };
  };
  expect(sizes(8)).toEqual({ nominated: 200, candidates: 200 });
  expect(sizes(100)).toEqual({ nominated: 400, candidates: 400 });
});
