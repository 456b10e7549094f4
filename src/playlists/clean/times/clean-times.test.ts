import { describe, expect, it } from "vitest";
import { sqlString, withDuckDb } from "../../../system/index.js";
import { processorMs } from "../../../system/time.testkit.js";
import { cleaning, good, header } from "../clean.testkit.js";
import { filePlaylistsLine, howToPart } from "../inputs/file-playlists.js";

const { at, clean, failure } = cleaning();

describe("times", () => {
  // Newest first, as the exports of listeners' plays are; two sittings of one listener, one of another.
  const plays = [
    ["u1", "A", "5", "2024-01-02 09:30:00"],
    ["u1", "A", "4", "2024-01-02 09:00:00"],
    ["u2", "B", "3", "2024-01-01 08:05:00"],
    ["u1", "A", "2", "2024-01-01 08:04:00"],
    ["u1", "A", "1", "2024-01-01 08:00:00"],
  ] as const;
  const csv = `user,artist,track,played_at\n${plays.map((play) => `${play.join(",")}\n`).join("")}`;
  const json = JSON.stringify(
    plays.map(([user, artist, track, played_at]) => ({ user, artist, track, played_at })),
  );
  const tracks = (rows: readonly (readonly unknown[])[]) =>
    rows.map(([id, user, , track]) => [id, user, track]);
  const inOrder = [
    [0, "u1", "1"],
    [1, "u1", "2"],
    [2, "u2", "3"],
    [3, "u1", "4"],
    [4, "u1", "5"],
  ];

  it("orders plays by time, from CSV, JSON and Parquet", async () => {
    const mapping = { time: "played_at" };
    const { rows } = await clean({ "log.csv": csv }, { mapping });
    expect(tracks(rows)).toEqual(inOrder);
    expect(rows[0]![4]).toBe("log");
    expect(tracks((await clean({ "log.json": json }, { mapping })).rows)).toEqual(inOrder);
    await withDuckDb({}, (database) =>
      database.run(
        `COPY (FROM ${sqlString(at("log.csv"))}) TO ${sqlString(at("log.parquet"))} (FORMAT parquet)`,
      ),
    );
    expect(tracks((await clean({}, { mapping, inputs: ["log.parquet"] })).rows)).toEqual(inOrder);
  });

  it("reads numbers such as 20240131 as days if all are, as Apple Music writes them", async () => {
    const days = ["20240201", "20240131", "20240131"];
    const log = (times: readonly string[]) =>
      `artist,track,played_at\n${times.map((time, i) => `A,${i},${time}\n`).join("")}`;
    const { rows, facts } = await clean({ "log.csv": log(days) }, { sessionGap: 30 });
    expect(rows.map((row) => row.slice(3))).toEqual([
      ["2", "log 2024-01-31 00:00"],
      ["1", "log 2024-01-31 00:00"],
      ["0", "log 2024-02-01 00:00"],
    ]);
    expect(facts.notes).toEqual([expect.stringMatching(/times are days without a clock/)]);
    await withDuckDb({}, (database) =>
      database.run(
        `COPY (FROM ${sqlString(at("log.csv"))}) TO ${sqlString(at("log.parquet"))} (FORMAT parquet)`,
      ),
    );
    const table = await clean({}, { inputs: ["log.parquet"], sessionGap: 30 });
    expect(table.rows.map((row) => row.slice(3))).toEqual(rows.map((row) => row.slice(3)));
    // Seconds of 1970, one of which is no day.
    const { facts: of1970 } = await clean({ "log.csv": log([...days, "20240199"]) }, { sessionGap: 30 });
    expect(of1970.sessions).toBe(1);
  });

  it("refuses to look for pauses between days that a spreadsheet counts: they were seconds of 1970", async () => {
    const log = (times: readonly string[]) =>
      `artist;track;played_at\n${times.map((time, i) => `A;${i};${time}\n`).join("")}`;
    const days = log(["45292.25", "45293", "45293.75"]);
    const { message, hint } = await failure({ "log.csv": days }, { sessionGap: 30 });
    expect(message).toMatch(/^the times are days as spreadsheets count them, such as 45292.25: /);
    expect(hint).toMatch(/format the column as date and time in the spreadsheet/);
    const { rows } = await clean({ "log.csv": days }, { mapping: { time: "played_at" } });
    expect(rows.map((row) => row[3])).toEqual(["0", "1", "2"]);
    // Commas are no decimal points.
    const { hint: ofCommas } = await failure({ "log.csv": log(["45292,25"]) }, { sessionGap: 30 });
    expect(ofCommas).toMatch(/format the column as date and time/);
    // Seconds, some of a later day.
    const { facts } = await clean({ "log.csv": log(["45292.25", "86000"]) }, { sessionGap: 30 });
    expect(facts.sessions).toBe(2);
  });

  it("begins a playlist after each pause, and finds the time column by name", async () => {
    const { rows, facts } = await clean({ "log.csv": csv }, { sessionGap: 29 });
    expect(rows.map(([, user, , track, playlist]) => [user, track, playlist])).toEqual([
      ["u1", "1", "log 2024-01-01 08:00"],
      ["u1", "2", "log 2024-01-01 08:00"],
      ["u2", "3", "log 2024-01-01 08:05"],
      ["u1", "4", "log 2024-01-02 09:00"],
      ["u1", "5", "log 2024-01-02 09:30"],
    ]);
    expect(facts.sessions).toBe(4);
    // A pause as long as the gap is none.
    const { facts: longer } = await clean({ "log.csv": csv }, { sessionGap: 30 });
    expect(longer.sessions).toBe(3);
    expect(filePlaylistsLine(longer)).toMatch(/^3 playlists/);
  });

  it("takes pauses and starts of each playlist by itself, though a listener turns to another one meanwhile", async () => {
    const turns = [
      ["work", "08:00"],
      ["home", "08:10"],
      ["work", "08:20"],
      ["home", "08:30"],
      ["work", "09:00"],
      ["home", "09:10"],
    ];
    const log = `user,artist,track,playlist,played_at\n${turns.map(([list, time], i) => `u,A,${i},${list},2024-01-01 ${time}:00\n`).join("")}`;
    const { rows } = await clean({ "log.csv": log }, { sessionGap: 29 });
    expect(rows.map((row) => row[4])).toEqual([
      "work 2024-01-01 08:00",
      "home 2024-01-01 08:10",
      "work 2024-01-01 08:00",
      "home 2024-01-01 08:10",
      "work 2024-01-01 09:00",
      "home 2024-01-01 09:10",
    ]);
  });

  it("splits plays without pauses by the clock with the option, and suggests it", async () => {
    const start = Date.UTC(2024, 0, 1, 22, 58) / 1000;
    const log = `ts,artist,track\n${Array.from({ length: 400 }, (_, i) => `${start + i * 60},A,${i}\n`).join("")}`;
    const whole = (await clean({ "log.csv": log }, { sessionGap: 30 })).facts;
    expect(filePlaylistsLine(whole)).toMatch(
      /^1 playlist: .*; the plays hardly pause, .*: --session-length 60/,
    );
    expect(howToPart(whole)).toMatch(/--session-length 60/);
    const { rows, facts } = await clean({ "log.csv": log }, { sessionGap: 30, sessionLength: 60 });
    expect([facts.sessions, howToPart(facts)]).toEqual([8, undefined]);
    expect(filePlaylistsLine(facts)).toBe(
      "8 playlists: a new one starts after each pause longer than --session-gap, and at each multiple of --session-length on the clock",
    );
    expect(rows.slice(0, 3).map((row) => row[4])).toEqual([
      "log 2024-01-01 22:58",
      "log 2024-01-01 22:58",
      "log 2024-01-01 23:00",
    ]);
    expect(
      (await clean({}, { inputs: ["log.csv"], sessionGap: 30, sessionLength: 1440 })).facts.sessions,
    ).toBe(2);
    const alone = await clean({}, { inputs: ["log.csv"], sessionLength: 60 }).catch((error: Error) => error);
    expect(alone).toMatchObject({ exitCode: 2, hint: "say both: --session-gap 30 --session-length 60" });
  });

  it.each([
    ["days", ["31.01.2024", "01.02.2024"], /^the times are days without a clock/],
    ["a clock, if only once", ["31.01.2024", "01.02.2024 08:00"], undefined],
    ["positions", ["0", "86400"], undefined],
  ])("remarks if times are %s", async (_, times, note) => {
    const text = times.map((time) => `${time},A,x\n`).join("");
    const { facts } = await clean({ "log.csv": `date,artist,track\n${text}` }, { mapping: { time: "date" } });
    expect(facts.notes).toEqual(note === undefined ? [] : [expect.stringMatching(note)]);
  });

  it("keeps plays of the same moment in the order of the file, even if newest first", async () => {
    const log = (times: readonly string[]) =>
      `user,artist,track,date\n${times.map((time, i) => `u${i % 2},A,${time}/${i},2024-01-${time}\n`).join("")}`;
    const newest = log(["03", "03", "03", "03", "02", "02", "02", "02"]);
    const oldest = log(["01", "01", "01", "01", "04", "04", "04", "04"]);
    // Each of its listeners has the newest first, and the second ones are later.
    const byUser = ["5 11", "5 10", "6 21", "6 20"].map((play) => play.split(" "));
    const blocks = `user,artist,track,date\n${byUser
      .flatMap(([user, day]) => [1, 2].map((i) => `u${user},A,${day}/${i},2024-01-${day}\n`))
      .join("")}`;
    const { rows } = await clean(
      { "a.csv": newest, "b.csv": oldest, "c.csv": blocks },
      { mapping: { time: "date" } },
    );
    const order = "01/0 01/1 01/2 01/3 02/7 02/6 02/5 02/4 03/3 03/2 03/1 03/0 04/4 04/5 04/6 04/7";
    expect(rows.map((row) => row[3]).join(" ")).toBe(`${order} 10/2 10/1 11/2 11/1 20/2 20/1 21/2 21/1`);
    const { rows: again } = await clean({}, { mapping: { time: "date" }, inputs: ["b.csv", "a.csv"] });
    expect(again.map((row) => row[3]).join(" ")).toBe(order);
    const { rows: oneDay } = await clean({ "d.csv": log(["01", "01", "01"]) }, { mapping: { time: "date" } });
    expect(oneDay.map((row) => row[3])).toEqual(["01/0", "01/1", "01/2"]);
  });

  it("remarks if the playlist column changes after most plays, as in the rotations of a station", async () => {
    const log = (playlist: (i: number) => string) =>
      `ts,playlist,artist,track\n${Array.from({ length: 900 }, (_, i) => `${(900 - i) * 200},${playlist(i)},A,${i}\n`).join("")}`;
    const rotations = { "log.csv": log((i) => (i % 2 === 0 ? "hot" : "default")) };
    for (const options of [{}, { sessionGap: 30 }, { mapping: { time: "ts" } }])
      expect((await clean(rotations, options)).facts.notes).toEqual([
        '"playlist" changes after 100 % of the plays, as the rotation or category of a song does: if it does not name playlists, split the plays by pauses alone: --columns "playlist=filename" --session-gap 30',
      ]);
    const mapping = { playlist: "filename" };
    const { facts, rows } = await clean({}, { inputs: ["log.csv"], mapping, sessionGap: 30 });
    expect([facts.notes, facts.sessions, rows[0]![3]]).toEqual([[], 1, "899"]);
    // Shows of hours, many short playlists, and a table without times.
    const shows = { "log.csv": log((i) => (i % 300 < 150 ? "morning" : "evening")) };
    expect((await clean(shows, { sessionGap: 30 })).facts.notes).toEqual([]);
    expect((await clean({ "log.csv": log((i) => `p${i % 9}`) }, { sessionGap: 30 })).facts.notes).toEqual([]);
    // Two listeners at the same time, each of one long playlist.
    const both = log((i) => (i % 2 === 0 ? "hers" : "his"))
      .replace(/(,(hers|his),.*)/g, "$1,$2")
      .replace("track", "track,user");
    expect((await clean({ "log.csv": both }, { sessionGap: 30 })).facts.notes).toEqual([]);
    const untimed = { "log.csv": rotations["log.csv"].replace("ts", "nr") };
    expect((await clean(untimed)).facts.notes).toEqual([]);
  });

  it("keeps the order of lines by default, and says how to sort by time", async () => {
    const { rows, facts } = await clean({ "log.csv": csv });
    expect(tracks(rows).map(([, , track]) => track)).toEqual(["5", "4", "3", "2", "1"]);
    expect(filePlaylistsLine(facts)).toMatch(/in line order: --columns "time=played_at" .* --session-gap 30/);
    const isLog = async (options: object, text = csv) =>
      (await clean({ "log.csv": text }, options)).facts.isUnpartedLog;
    expect([facts.isUnpartedLog, await isLog({ mapping: { time: "played_at" } })]).toEqual([true, true]);
    expect(await isLog({ sessionGap: 30 })).toBe(false);
    expect(await isLog({}, `${csv.replace("played_at", "playlist")}`)).toBe(false);
    expect(await isLog({}, csv.replace("played_at", "album"))).toBe(false);
  });

  it("recognises a log by very long playlists per file or user, and says how to split it", async () => {
    const plays = (count: number) =>
      `user_id,artist,track,time\n${Array.from({ length: count }, (_, i) => `u${i % 2},A,${i},${i}\n`).join("")}`;
    const { facts } = await clean({ "log.csv": plays(700) });
    expect(facts.isUnpartedLog).toBe(true);
    expect(filePlaylistsLine(facts)).toMatch(
      /; a playlist this long looks like a log of plays: .*--columns "time=COLUMN", and --session-gap 30 starts/,
    );
    expect((await clean({ "log.csv": plays(500) })).facts.isUnpartedLog).toBe(false);
    const timed = (await clean({ "log.csv": plays(700) }, { mapping: { time: "time" } })).facts;
    expect(filePlaylistsLine(timed)).toMatch(/"playlist=COLUMN"; --session-gap 30 starts/);
  });

  it.each([
    ["uts,utc_time,artist,track", '1704096240,"01 Jan 2024, 08:04",A,2'],
    ["Artist;Album;AlbumId;Track;Date#somebody", "A;x;;2;1704096240000"],
    ["ts,artist,track,timestamp", "1,A,2,2024-01-01T08:04:00Z"],
  ])("finds the time column among %s", async (head, line) => {
    const { rows } = await clean({ "a.csv": `${head}\n${line}\n` }, { sessionGap: 30 });
    expect(rows).toEqual([[0, null, "A", "2", "a 2024-01-01 08:04"]]);
  });

  it("counts rows without a time, and says which times are read", async () => {
    const odd = `${csv}u1,A,6,yesterday\nu1,A,7,\n`;
    const { rows, rejected, facts } = await clean({ "log.csv": odd }, { sessionGap: 30 });
    expect(rows).toHaveLength(5);
    expect(rejected.map(({ line, reason, detail }) => [line, reason, detail])).toEqual([
      [7, "not a time", '"yesterday"'],
      [8, "not a time", '""'],
    ]);
    expect(facts.remedies).toEqual([expect.stringMatching(/times are read as 2024-01-31/)]);
    const entries = [...JSON.parse(json), { user: "u1", artist: "A", track: "6", played_at: null }];
    expect((await clean({ "log.json": JSON.stringify(entries) }, { sessionGap: 30 })).rejected).toMatchObject(
      [{ line: 6, reason: "not a time" }],
    );
  });

  it("says what to do with clocks without a date, even if the first line is rejected otherwise", async () => {
    // A session of Serato's: its own line, and its plays.
    const session =
      "name,artist,start time,end time,playtime\n1/31/2024,,,,\nx,A,6:05:00 PM,,\ny,A,18:09:00,,\n";
    expect((await clean({ "a.csv": session })).rows.map((row) => row[3])).toEqual(["x", "y"]);
    const { message, hint } = await failure({ "a.csv": session }, { sessionGap: 30 });
    expect(message).toBe(
      `none of the 3 rows can be used; most are like ${at("a.csv")} line 3: not a time ("6:05:00 PM")`,
    );
    expect(hint).toMatch(/^a clock needs its day: .*leave out --session-gap and time=/);
    expect(hint).not.toContain("times are read as");
  });

  it("splits a long log of one listener about as fast as one of many", async () => {
    // Sittings of a hundred plays each.
    const line = (i: number, listeners: number) => {
      const n = Math.floor(i / listeners);
      return `u${i % listeners},A,${i % 900},${n * 200 + Math.floor(n / 100) * 7200}\n`;
    };
    const msFor = async (listeners: number) => {
      const lines = Array.from({ length: 250_000 }, (_, i) => line(i, listeners));
      const log = `user,artist,track,ts\n${lines.join("")}`;
      return processorMs(async () => {
        const { facts } = await clean({ "log.csv": log }, { sessionGap: 30 });
        expect(facts.sessions).toBe(2500);
      });
    };
    const ofMany = await msFor(250);
    const ofOne = await msFor(1);
    // By the square of its plays it would take ten times as long.
    expect(ofOne).toBeLessThan(3 * ofMany);
  }, 120_000);

  it("splits within files, and takes a subset after splitting", async () => {
    const { rows } = await clean(
      { "a.csv": csv, "b.csv": csv },
      { sessionGap: 30, mapping: { playlist: "filename" } },
    );
    expect(new Set(rows.map((row) => row[4])).size).toBe(6);
    const days = Array.from({ length: 60 }, (_, i) => `u,A,${i},${i * 86_400}\n`).join("");
    const half = await clean({ "c.csv": `user,artist,track,ts\n${days}` }, { sessionGap: 30, subset: true });
    expect(half.facts.written).toBeGreaterThan(15);
    expect(half.facts.written).toBeLessThan(45);
  });

  it.each([
    ["slices", "m.json", JSON.stringify({ playlists: [{ pid: 1, name: "p", tracks: [] }] })],
    ["sequences", "s.jsonl", '{"playlist_id": "p", "tracks": ["x"]}\n'],
    ["other playlists", "o.jsonl", '{"name": "p", "tracks": ["x"]}\n'],
  ])("are refused for %s, which have none", async (_, name, text) => {
    for (const options of [{ sessionGap: 30 }, { mapping: { time: "t" } }])
      expect((await failure({ [name]: text }, options)).message).toMatch(
        /holds playlists, not plays with a time/,
      );
  });

  it("are reported as missing without a column", async () => {
    expect((await failure({ "a.csv": header + good }, { sessionGap: 30 })).message).toMatch(/missing: time$/);
  });
});
