import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readCorpusFile } from "../../corpus/index.js";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { sqlString, withDuckDb } from "../../system/index.js";
import { readCorpus } from "../dataset/read-corpus.js";
import { copiesLine, type PrepareOptions, partNames, prepareDataset } from "./prepare-dataset.js";

const at = folderOfEachTest("prepare");

type Play = [user: string | null, artist: string | null, track: string, playlist: string];

async function writeMaster(plays: readonly Play[]): Promise<string> {
  const path = at("master.parquet");
  const text = (value: string | null) => (value === null ? "NULL" : sqlString(value));
  const rows = plays.map((play, i) => `(${i}::BIGINT, ${play.map(text).join(", ")})`).join(",\n");
  await withDuckDb({}, (database) =>
    database.run(
      `COPY (SELECT * FROM (VALUES ${rows}) t(row_id, user_id, artist, track, playlist)) TO ${sqlString(path)} (FORMAT parquet)`,
    ),
  );
  return path;
}

async function prepare(plays: readonly Play[], options: Partial<PrepareOptions> = {}) {
  const master = await writeMaster(plays);
  const facts = await prepareDataset({ master, outputFolder: at("out"), threads: 2, ...options });
  const read = <Row extends object>(name: keyof typeof facts.files) =>
    withDuckDb({}, (database) => database.rows<Row>(`FROM read_parquet(${sqlString(facts.files[name])})`));
  return { facts, read };
}

interface Sequence {
  playlist_id: string;
  artist_sequence: (string | null)[];
  track_sequence: string[];
  track_test_x: string[];
  track_test_y: string;
}

/** Enough playlists that every part has some. */
const filler: Play[] = Array.from({ length: 60 }, (_, p) =>
  ["a", "b", "c"].map((track): Play => [`f${p}`, "Filler", track, "list"]),
).flat();

describe("sequences", () => {
  it("orders by row_id and follows the definitions, however rows are interleaved", async () => {
    const { read } = await prepare([
      ["u", "A", "1", "p"],
      ["v", "B", "x", "q"],
      ["u", "B", "2", "p"],
      ["v", "B", "y", "q"],
      ["u", "A", "1", "p"],
      ["v", "C", "z", "q"],
      ["u", "C", "3", "p"],
      ...filler,
    ]);
    const [first, second] = await read<Sequence>("model_input_full");
    expect(first).toMatchObject({
      playlist_id: "u-p",
      user_id: "u",
      playlist: "p",
      artist_sequence: ["A", "B", "A", "C"],
      track_sequence: ["A-1", "B-2", "A-1", "C-3"],
      track_test_x: ["A-1", "B-2", "A-1"],
      track_test_y: "C-3",
    });
    expect(second!.track_sequence).toEqual(["B-x", "B-y", "C-z"]);
  });

  it("drops playlists of fewer than three tracks, and counts them", async () => {
    const { facts, read } = await prepare([
      ["u", "A", "1", "one"],
      ["u", "A", "1", "two"],
      ["u", "A", "2", "two"],
      ...filler,
    ]);
    expect(facts).toMatchObject({
      rows: 183,
      playlists: 62,
      droppedPlaylists: 2,
      droppedRows: 3,
      users: 61,
      artists: 2,
      tracks: 5,
    });
    expect((await read("model_input_full")).length).toBe(60);
    expect(facts.firstRow).toMatchObject({ row_id: 0, user_id: "u", playlist_id: "u-one", track_id: "A-1" });
  });

  it("omits the dash without a user or artist", async () => {
    const { read, facts } = await prepare([
      [null, null, "x", "p1"],
      [null, null, "y", "p1"],
      [null, "A", "z", "p1"],
      ...filler,
    ]);
    expect((await read<Sequence>("model_input_full"))[0]).toMatchObject({
      playlist_id: "p1",
      artist_sequence: [null, null, "A"],
      track_sequence: ["x", "y", "A-z"],
    });
    expect(facts.users).toBe(60);
  });

  it("counts ambiguous ids, and gives a track its most frequent artist", async () => {
    const { facts, read } = await prepare([
      ["u", "A", "B-C", "p-q"],
      ["u-p", "A-B", "C", "q"],
      ["u-p", "A-B", "C", "q"],
      // Too short to count.
      ["u", "A", "B-C", "short"],
      ["u", "A", "B-C", "short"],
      ...filler,
    ]);
    expect(facts.ambiguous).toEqual({ tracks: 1, playlists: 1 });
    // Its user and title are those of its first row.
    expect((await read("model_input_full"))[0]).toMatchObject({
      ...{ playlist_id: "u-p-q", user_id: "u", playlist: "p-q" },
      artist_sequence: ["A", "A-B", "A-B"],
    });
    const tracks = await read<{ track_id: string; artist: string; count: number }>("tracks");
    expect(tracks.find((track) => track.track_id === "A-B-C")).toEqual({
      track_id: "A-B-C",
      artist: "A-B",
      count: 3,
    });
    expect(tracks[0]!.count).toBe(60);
    const corpus = (await readCorpus(facts.files.model_input_full))!;
    expect(corpus.artists![corpus.tracks.indexOf("A-B-C")]).toBe("A-B");
    expect(await readCorpusFile(facts.corpora.model_input_full)).toEqual(corpus);
  });

  it("gives a track no artist if it is played more often without", async () => {
    const { facts, read } = await prepare([
      ["u", null, "A-x", "p"],
      ["u", null, "A-x", "p"],
      ["u", "A", "x", "p"],
      ...filler,
    ]);
    const tracks = await read<{ track_id: string; artist: string | null }>("tracks");
    expect(tracks.find((track) => track.track_id === "A-x")?.artist).toBe(null);
    const corpus = (await readCorpus(facts.files.model_input_full))!;
    expect(corpus.artists![corpus.tracks.indexOf("A-x")]).toBe("");
    expect(await readCorpusFile(facts.corpora.model_input_full)).toEqual(corpus);
  });

  it("sorts tracks by plays, ties by id", async () => {
    const once = Array.from(
      { length: 3000 },
      (_, i): Play => ["u", "Z", `${(i * 7919) % 3000}`, `p${i % 900}`],
    );
    const { read } = await prepare([...once, ...filler]);
    const ids = (await read<{ track_id: string }>("tracks")).map(({ track_id }) => track_id);
    const [first, second, third, ...others] = ids;
    expect([first, second, third]).toEqual(["Filler-a", "Filler-b", "Filler-c"]);
    expect(others.length).toBeGreaterThan(2000);
    expect(others).toEqual(others.toSorted());
  });
});

describe("versions of one song", () => {
  const versions = [
    "Song",
    "Song - Radio Edit",
    "Song - Remastered 2011",
    "Song - 2011 Remaster",
    "Song - 2009 Digital Remaster",
    "Song (Remastered)",
    "Song (feat. Somebody)",
    "Song [ft. Somebody] - Single Version",
    "Song feat. Somebody & Another",
    "Song - Mono Version",
    "Song (Album Version)",
    "Song - Radio Edit - Remastered 2009",
    "Song - Bonus Track - Album Version (Explicit)",
  ];
  const others = [
    "Song - Live",
    "Song (Somebody Remix)",
    "Song 2",
    "Radio Edit",
    "Original",
    "Remastered",
    "Defeat. Now",
  ];
  const plays = [...versions, ...others].map((track): Play => ["u", "A", track, "p"]);

  it("are one track when merged, and counted; live takes and remixes are not", async () => {
    const { facts, read } = await prepare([...plays, ...filler], { mergeVersions: true });
    const [first] = await read<Sequence>("model_input_full");
    expect(first!.track_sequence).toEqual([
      ...versions.map(() => "A-Song"),
      ...others.map((track) => `A-${track}`),
    ]);
    expect(facts.merged).toEqual({ tracksBefore: 23, tracksAfter: 11, rows: versions.length - 1 });
  });

  it("stay apart by default", async () => {
    const { facts } = await prepare([...plays, ...filler]);
    expect(facts.tracks).toBe(23);
    expect(facts.merged).toBeUndefined();
  });
});

describe("names that differ in capitals alone", () => {
  const twice: Play[] = [
    ["u", "The Beatles", "Help!", "p"],
    ["u", "the beatles", "HELP!", "p"],
    ["u", "THE BEATLES", "Help! - remastered 2009", "p"],
    ["u", "The Beatles", "Girl", "p"],
    // Played most as the less played artist has it.
    ["u", "the beatles", "girl", "p"],
    ["u", "The Beatles", "girl", "p"],
    ["u", "ÉTÉ", "x", "p"],
    ["u", "Été", "x", "p"],
    ["u", "Été", "y", "p"],
    ["u", null, "alone", "p"],
    ["u", null, "Alone", "p"],
  ];

  it("stay apart by default, and are counted", async () => {
    const { facts } = await prepare([...twice, ...filler]);
    expect(facts.twins).toEqual({ artists: 3, tracks: 5 });
    expect(facts.respelled).toBeUndefined();
  });

  it("become the most played one when merged, and the plays are counted", async () => {
    const { facts, read } = await prepare([...twice, ...filler], { mergeCapitals: true });
    const [first] = await read<Sequence>("model_input_full");
    expect(first!.track_sequence).toEqual([
      "The Beatles-HELP!",
      "The Beatles-HELP!",
      "The Beatles-Help! - remastered 2009",
      ...["The Beatles-girl", "The Beatles-girl", "The Beatles-girl"],
      ...["Été-x", "Été-x", "Été-y"],
      ...["Alone", "Alone"],
    ]);
    expect(first!.artist_sequence[1]).toBe("The Beatles");
    expect(facts).toMatchObject({ twins: { artists: 0, tracks: 0 }, respelled: 7 });
    const corpus = await readCorpusFile(facts.corpora.model_input_full);
    expect(corpus.tracks.slice(0, 3)).toEqual([
      "The Beatles-HELP!",
      "The Beatles-Help! - remastered 2009",
      "The Beatles-girl",
    ]);
  });

  it("become the alphabetically first one if equally often played", async () => {
    const even: Play[] = ["b", "B", "a", "A"].map((artist) => ["u", artist, "x", "p"]);
    const { read } = await prepare([...even, ...filler], { mergeCapitals: true });
    const [first] = await read<Sequence>("model_input_full");
    expect(first!.track_sequence).toEqual(["B-x", "B-x", "A-x", "A-x"]);
  });

  it("become one song with their versions when both are merged", async () => {
    const both = { mergeCapitals: true, mergeVersions: true };
    const { facts, read } = await prepare([...twice, ...filler], both);
    const [first] = await read<Sequence>("model_input_full");
    expect(first!.track_sequence.slice(0, 3)).toEqual(Array(3).fill("The Beatles-Help!"));
    // The version of the other spelling is still a version, and counts as one.
    expect(facts.merged).toEqual({ tracksBefore: 9, tracksAfter: 8, rows: 1 });
  });
});

describe("the split", () => {
  const many = (from: number, to: number): Play[] =>
    Array.from({ length: to - from }, (_, i) =>
      ["x", "y", "z"].map((t): Play => [`u${from + i}`, "A", t, "p"]),
    ).flat();
  const placeOf = async (read: (name: "train" | "validation" | "test") => Promise<Sequence[]>) => {
    const place = new Map<string, string>();
    for (const part of partNames)
      for (const { playlist_id } of await read(part)) place.set(playlist_id, part);
    return place;
  };

  // The same in every version: the last eight bytes of the MD5 of seed and id, from 0 to 1.
  const placeFrom = (seed: number | string, id: string) =>
    Number(createHash("md5").update(`${seed}:${id}`).digest().readBigUInt64LE(8)) / 2 ** 64;
  const partOf = (seed: number, id: string) => {
    const at = placeFrom(seed, id);
    return at < 0.7 ? "train" : at < 0.9 ? "validation" : "test";
  };
  const list = (user: string, tracks: readonly string[]): Play[] =>
    tracks.map((track): Play => [user, "A", track, "p"]);

  it("is near 70/20/10, complete, and stable when playlists are added before or after", async () => {
    const few = await prepare(many(100, 900));
    const before = await placeOf((name) => few.read<Sequence>(name));
    expect(before.size).toBe(800);
    // Three tracks may come together by chance.
    expect(few.facts.copies).toBeUndefined();
    const { train, validation, test } = few.facts.parts;
    expect(train.playlists + validation.playlists + test.playlists).toBe(800);
    expect(train.playlists / 800).toBeCloseTo(0.7, 1);
    expect(validation.playlists / 800).toBeCloseTo(0.2, 1);
    const more = await prepare(many(0, 1500));
    const after = await placeOf((name) => more.read<Sequence>(name));
    for (const [id, part] of before) expect(after.get(id)).toBe(part);
    for (const [id, part] of after) expect(part, id).toBe(partOf(42, id));
    const reseeded = await prepare(many(100, 900), { seed: 7 });
    const moved = await placeOf((name) => reseeded.read<Sequence>(name));
    for (const [id, part] of moved) expect(part, id).toBe(partOf(7, id));
  });

  it("puts playlists with the same tracks, in any order, into the same part, and no others", async () => {
    const tracksOf = (p: number) => ["a", "b", "c", "d", "e"].map((t) => `${t}${p}`);
    const all = Array.from({ length: 60 }, (_, p) => p);
    const { facts, read } = await prepare([
      // Too short to be counted, so that numbers are not those of all.
      ...list("short", ["x"]),
      ...all.flatMap((p) => list(`u${p}`, tracksOf(p))),
      ...all.flatMap((p) => list(`copy${p}`, tracksOf(p).toReversed())),
      ...all.flatMap((p) => list(`again${p}`, tracksOf(p))),
      ...all.flatMap((p) => list(`thrice${p}`, [...tracksOf(p), `a${p}`, `a${p}`])),
      ...all.flatMap((p) => list(`four${p}`, ["a", "b", "c", "d"])),
    ]);
    expect(facts.copies).toEqual({ playlists: 120, copy: "copy0-p", original: "u0-p", apart: 0 });
    expect(copiesLine(facts)).toBe(
      "playlists with the same tracks as an earlier one: 120, first copy0-p, a copy of u0-p; each is in the same part as that one; each counts in training: leave out what was exported twice",
    );
    const place = await placeOf((name) => read<Sequence>(name));
    expect(place.size).toBe(300);
    for (const [id, part] of place) expect(part, id).toBe(partOf(42, id.replace(/^(copy|again)/, "u")));
    for (const part of partNames) {
      const rows = await read<Sequence>(part);
      expect(facts.parts[part].playlists).toBe(rows.length);
      expect(await readCorpusFile(facts.corpora[part])).toEqual(await readCorpus(facts.files[part]));
    }
  });

  it("leaves them in their own parts if a part would be empty", async () => {
    const { facts, read } = await prepare(
      Array.from({ length: 60 }, (_, p) => list(`u${p}`, ["a", "b", "c", "d", "e"])).flat(),
    );
    const place = await placeOf((name) => read<Sequence>(name));
    for (const [id, part] of place) expect(part, id).toBe(partOf(42, id));
    const apart = [...place.values()].filter((part) => part !== place.get("u0-p")).length;
    expect(facts.copies).toEqual({ playlists: 59, copy: "u1-p", original: "u0-p", apart });
    expect(copiesLine(facts)).toContain(`${apart} are in another part than that one, `);
  });

  it("takes a sample of whole playlists for dev", async () => {
    const sample = async (options: Partial<PrepareOptions>) => {
      const { facts, read } = await prepare(many(0, 1000), { dev: true, ...options });
      const ids = (await read<Sequence>("model_input_full")).map(({ playlist_id }) => playlist_id);
      expect(facts).toMatchObject({ playlists: ids.length, rows: ids.length * 3 });
      return ids;
    };
    // The same in every version, too, but not by the number that splits: the parts of a sample would be 0/0/100.
    const expected = (seed: number, ratio: number) =>
      Array.from({ length: 1000 }, (_, u) => `u${u}-p`).filter(
        (id) => placeFrom(`sample ${seed}`, id) < ratio,
      );
    expect(await sample({ ratio: 0.3 })).toEqual(expected(42, 0.3));
    expect(await sample({ ratio: 0.1, seed: 7 })).toEqual(expected(7, 0.1));
    expect(expected(42, 0.3).length).toBeGreaterThan(230);
    expect((await prepare(many(0, 50), { dev: true, ratio: 1 })).facts.playlists).toBe(50);
  });

  it.each([{ ratio: 2 }, { ratio: 0 }, { ratio: Number.NaN }, { minTracks: 1 }, { seed: 1.5 }])(
    "refuses %j",
    async (wrong) => {
      await expect(prepare(filler, { dev: true, ...wrong })).rejects.toMatchObject({ exitCode: 2 });
    },
  );

  it("refuses too few playlists, and leaves nothing", async () => {
    await expect(prepare(many(0, 1))).rejects.toMatchObject({
      message: expect.stringMatching(
        /too few playlists.*: 1 of 1 have .* would be empty; it takes about 40$/,
      ),
      hint: expect.stringMatching(
        /^if a column tells playlists apart, .*; give it more playlists; segue studio FILES /,
      ),
    });
    expect(await readdir(at("out"))).toEqual([]);
  });

  it.each([
    [many(0, 12), {}, "give it more playlists, or try another --split-seed"],
    [
      many(0, 12).flatMap(([user, artist, t, p]) => ["1", "2"].map((nr): Play => [user, artist, t + nr, p])),
      {},
      /^give it more playlists that differ: 11 have the same tracks as an earlier one; segue studio/,
    ],
    [many(0, 4), { remedies: ["say X"] }, /^for the rejected rows: say X; give it more playlists/],
    [many(0, 60), { dev: true, ratio: 0.05 }, "take a larger --ratio"],
    [many(0, 1), { howToPart: "part the log" }, /^part the log$/],
  ])("says what to do if there are too few playlists: %#", async (plays, options, hint) => {
    await expect(prepare(plays, options)).rejects.toMatchObject({
      code: "too-few-playlists",
      hint: typeof hint === "string" ? hint : expect.stringMatching(hint),
    });
  });

  it("refuses playlists that all have one track, and leaves nothing", async () => {
    const singles = Array.from({ length: 50 }, (_, i): Play => [`u${i}`, "A", "1", "p"]);
    await expect(prepare(singles)).rejects.toMatchObject({
      message: "no playlist is left: all 50 have fewer than 3 tracks",
      hint: expect.stringContaining("--min-tracks 2"),
    });
    expect(await readdir(at("out"))).toEqual([]);
  });

  it("drops the one playlist of a single track, and counts it", async () => {
    const { facts } = await prepare([...filler, ["u", "A", "1", "p"]]);
    expect(facts).toMatchObject({ playlists: 61, droppedPlaylists: 1, droppedRows: 1 });
  });

  it("refuses a missing master table", async () => {
    await expect(prepareDataset({ master: at("gone.parquet"), outputFolder: at() })).rejects.toMatchObject({
      code: "missing-input",
    });
  });
});
