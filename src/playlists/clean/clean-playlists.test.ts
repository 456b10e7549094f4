import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { packageRoot, sqlString, withDuckDb } from "../../system/index.js";
import { processorMs } from "../../system/time.testkit.js";
import { cleaning, good, header } from "./clean.testkit.js";
import { cleanPlaylists } from "./clean-playlists.js";
import { filePlaylistsLine } from "./inputs/file-playlists.js";

const { at, clean } = cleaning();

describe("the forms", () => {
  it("reads #nowplaying CSV with header and escapes", async () => {
    const { rows, facts } = await clean({
      "a.csv": `${header}${good}${String.raw`"u1","Axwell /\\ Ingrosso","Say \"Hi\", twice","7\" mix"`}\n`,
    });
    expect(rows).toEqual([
      [0, "u1", "Muse", "Uprising", "gym"],
      [1, "u1", "Axwell /\\ Ingrosso", 'Say "Hi", twice', '7" mix'],
    ]);
    expect(facts).toMatchObject({ form: "csv", rows: 2, rejected: 0, written: 2, rejectsByReason: {} });
  });

  it("keeps words that other tools read as missing values", async () => {
    const { rows } = await clean({ "a.csv": `${header}"u1","NA","NaN","null"\n"u1","None","nan","-"\n` });
    expect(rows.map((row) => row.slice(2))).toEqual([
      ["NA", "NaN", "null"],
      ["None", "nan", "-"],
    ]);
  });

  it("splits artist and title in one column, in CSV, JSON and Parquet", async () => {
    const titles = [
      "a-ha - Take On Me",
      " Muse – Uprising - Live ",
      "News",
      "AC/DC - ",
      "Sigur Rós - Sæglópur",
    ];
    const mapping = { artist: "played", track: "played" };
    const plays = titles.map((played) => ({ played, playlist: "p" }));
    await clean(
      {
        "a.csv": `played,playlist\n${titles.map((title) => `"${title}",p\n`).join("")}`,
        "a.json": JSON.stringify(plays),
      },
      { mapping, inputs: ["a.csv"] },
    );
    await withDuckDb({}, (database) =>
      database.run(
        `COPY (FROM ${sqlString(at("a.json"))}) TO ${sqlString(at("a.parquet"))} (FORMAT parquet)`,
      ),
    );
    for (const name of ["a.csv", "a.json", "a.parquet"]) {
      const { rows, rejected } = await clean({}, { mapping, inputs: [name] });
      expect(rows.map((row) => row.slice(2))).toEqual([
        ["a-ha", "Take On Me", "p"],
        ["Muse", "Uprising - Live", "p"],
        ["Sigur Rós", "Sæglópur", "p"],
      ]);
      const first = name === "a.csv" ? 4 : 3;
      expect(rejected.map(({ line, reason }) => [line, reason])).toEqual([
        [first, "empty artist"],
        [first + 1, "empty artist"],
      ]);
    }
  });

  it("trims marks that show nothing as it trims spaces, in every form", async () => {
    const [artist, track, nothing] = ["\u200eMuse\u200f", "\u202aUprising\u202c ", "\u200e"];
    const plays = [
      { artist, track, playlist: "p" },
      { artist: nothing, track, playlist: "p" },
    ];
    const extinf = (name: string) => `#EXTINF:1,${name} - ${track}\n1.mp3\n`;
    const vdj = (name: string) => `#EXTVDJ:<artist>${name}</artist><title>${track}</title>\n1.mp3\n`;
    const xspf = (name: string) => `<track><creator>${name}</creator><title>${track}</title></track>`;
    const files = {
      "a.csv": `artist,track,playlist\n${plays.map((play) => Object.values(play).join()).join("\n")}\n`,
      "a.json": JSON.stringify(plays),
      "p.m3u8": `${extinf(artist)}${extinf(nothing)}`,
      "q.m3u8": `${vdj(artist)}${vdj(nothing)}`,
      "p.xspf": `<playlist><trackList>${xspf(artist)}${xspf(nothing)}</trackList></playlist>`,
    };
    await clean(files, { inputs: ["a.csv"] });
    const copied = `COPY (FROM ${sqlString(at("a.json"))}) TO ${sqlString(at("a.parquet"))} (FORMAT parquet)`;
    await withDuckDb({}, (database) => database.run(copied));
    for (const name of [...Object.keys(files), "a.parquet"]) {
      const { rows, rejected } = await clean({}, { inputs: [name] });
      expect([name, rows.map((row) => row.slice(2, 4))]).toEqual([name, [["Muse", "Uprising"]]]);
      expect(rejected).toHaveLength(1);
    }
  });

  it("needs neither a mapping nor users if columns have the usual names", async () => {
    const { rows } = await clean({ "a.csv": "Track Name,Artist Name(s),Playlist Name\nT,A,p\n" });
    expect(rows).toEqual([[0, null, "A", "T", "p"]]);
  });

  it("reads other CSV by a mapping, with literal backslashes", async () => {
    const { rows } = await clean(
      { "a.csv": '\ufeffnr;song;by;list\n1;"T;N""T";AC\\DC;rock\n' },
      { mapping: { artist: "by", track: "song", playlist: "list" } },
    );
    expect(rows).toEqual([[0, null, "AC\\DC", 'T;N"T', "rock"]]);
  });

  it("reads plays whose tracks are ids without an artist, in CSV and in Parquet", async () => {
    const mapping = { track: "track_id", artist: "none" };
    const wanted = [
      [0, null, null, "17", "p"],
      [1, null, null, "4", "p"],
    ];
    const csv = "playlist_id,track_id\np,17\np,4\n";
    expect((await clean({ "a.csv": csv }, { mapping })).rows).toEqual(wanted);
    await withDuckDb({}, (database) =>
      database.run(`COPY (FROM ${sqlString(at("a.csv"))}) TO ${sqlString(at("a.parquet"))} (FORMAT parquet)`),
    );
    expect((await clean({}, { mapping, inputs: ["a.parquet"] })).rows).toEqual(wanted);
  });

  it("reads Parquet whose tracks have several artists each, as one text", async () => {
    const select =
      "SELECT 'p' AS playlist_uri, unnest([['Muse'], ['Air', NULL, 'Beck'], []]) AS artists, unnest(['x', 'y', 'z']) AS track";
    await withDuckDb({}, (database) =>
      database.run(`COPY (${select}) TO ${sqlString(at("a.parquet"))} (FORMAT parquet)`),
    );
    const { rows, facts } = await clean({}, { inputs: ["a.parquet"] });
    expect(rows).toEqual([
      [0, null, "Muse", "x", "p"],
      [1, null, "Air, Beck", "y", "p"],
    ]);
    expect(facts.rejectsByReason).toEqual({ "empty artist": 1 });
  });

  it("reads Parquet whose text is not marked as text, as from Impala, Hive and older Spark", async () => {
    const select = `SELECT unnest(['\\x0F\\xFF'::BLOB, '\\x0F\\xFE'::BLOB]) AS user_id, encode('pop') AS playlist,
      encode('Guns N'' Roses') AS artist, encode('Sæglópur 😀') AS track, encode('2024-02-29 12:00:00') AS played_at`;
    await withDuckDb({}, (database) =>
      database.run(`COPY (${select}) TO ${sqlString(at("a.parquet"))} (FORMAT parquet)`),
    );
    const play = ["Guns N' Roses", "Sæglópur 😀"];
    expect((await clean({}, { inputs: ["a.parquet"] })).rows).toEqual([
      [0, "\\x0F\\xFF", ...play, "pop"],
      [1, "\\x0F\\xFE", ...play, "pop"],
    ]);
    const { facts } = await clean({}, { inputs: ["a.parquet"], sessionGap: 30 });
    expect(facts.rejectsByReason).toEqual({});
  });

  it("reads the master tables of several formats as one input, even without users", async () => {
    const tables: string[] = [];
    for (const [name, text] of [
      ["gym.m3u", "#EXTM3U\n#EXTINF:1,Muse - Uprising\na.mp3\n"],
      ["list.jsonl", '{"playlist_id": "p", "tracks": ["17"]}\n'],
    ] as const) {
      await clean({ [name]: text });
      tables.push(`${name}.parquet`);
      await rename(at("out", "master.parquet"), at(tables.at(-1)!));
    }
    expect((await clean({}, { inputs: tables })).rows).toEqual([
      [0, null, "Muse", "Uprising", "gym"],
      [1, null, null, "17", "p"],
    ]);
  });

  it("reads exports of Apple Music: UTF-16, tabs, and lone carriage returns", async () => {
    const head = "Name\tArtist\tComposer\tAlbum\tTime\tDate Added\r";
    const line = "Jóga\tBjörk\t\tHomogenic\t305\t1/2/24, 10:00\r";
    const text = head + line.repeat(30_000);
    const { rows, rejected, facts } = await clean({
      "Road trip.txt": Buffer.from(`\ufeff${text}`, "utf16le"),
    });
    expect(rejected).toEqual([]);
    expect(rows).toHaveLength(30_000);
    expect(rows.at(-1)).toEqual([29_999, null, "Björk", "Jóga", "Road trip"]);
    expect(filePlaylistsLine(facts)).not.toContain("in line order");
    expect((await clean({ "old.csv": `artist,track,playlist\rA,x,p` })).rows).toEqual([
      [0, null, "A", "x", "p"],
    ]);
  });

  it("reads quotes literally with the option, and suggests it for tab-separated files", async () => {
    const lines = ['A\t"Heroes" (live)\tp', 'B\t"open\tp', 'C\tshut"\tp', 'D\t7"\tp'];
    const text = `artist\ttrack\tplaylist\n${lines.join("\n")}\n`;
    const { rows } = await clean({ "a.tsv": text }, { escape: "none" });
    expect(rows.map((row) => row.slice(2).join("\t"))).toEqual(lines);
    const { facts, rejected } = await clean({ "a.tsv": text });
    expect(rejected).toMatchObject([{ line: 2, reason: "text after a closing quote" }]);
    expect(facts.remedies).toEqual(["are quotes ordinary characters? Then pass --escape none"]);
  });

  it("skips Excel's line that names the delimiter", async () => {
    const { rows, rejected } = await clean({ "a.csv": "sep=;\r\nartist;track;playlist\r\nA;x;p\r\nA;y\r\n" });
    expect(rows).toEqual([[0, null, "A", "x", "p"]]);
    expect(rejected).toMatchObject([{ line: 4, reason: "wrong number of fields" }]);
  });

  it("reads rows without the delimiter that ends their header", async () => {
    const { rows, rejected } = await clean({ "a.csv": "artist;track;playlist;\nA;x;p\nB;y;p;\nC;z\n" });
    expect(rows.map((row) => row.slice(2))).toEqual([
      ["A", "x", "p"],
      ["B", "y", "p"],
    ]);
    expect(rejected).toMatchObject([{ line: 4, reason: "wrong number of fields" }]);
  });

  it("reads Latin-1 with the option", async () => {
    const { rows } = await clean(
      { "a.csv": Buffer.from(`${header}"u","Beyoncé","Déjà Vu","été"\n`, "latin1") },
      { encoding: "latin-1" },
    );
    expect(rows).toEqual([[0, "u", "Beyoncé", "Déjà Vu", "été"]]);
  });

  it("reads Windows quotes and dashes in Latin-1", async () => {
    const line = Buffer.from('"u","Prince","Don\x92t \x96 \x80","\x93a\x94"\n', "latin1");
    const { rows } = await clean(
      { "a.csv": Buffer.concat([Buffer.from(header), line]) },
      { encoding: "latin-1" },
    );
    expect(rows).toEqual([[0, "u", "Prince", "Don’t – €", "“a”"]]);
  });

  it("reads Spotify slices by pos, from a glob in natural order", async () => {
    const slice = (pid: number) =>
      JSON.stringify({
        info: { slice: "x" },
        playlists: [
          {
            name: `list ${pid}`,
            pid,
            tracks: [
              { pos: 1, artist_name: "B", track_name: "two" },
              { pos: 0, artist_name: "A", track_name: "one" },
              { pos: 2, artist_name: "", track_name: "three" },
            ],
          },
        ],
      });
    const { rows, rejected, facts } = await clean(
      {
        "mpd.slice.10000-10999.json": slice(10_000),
        "mpd.slice.2000-2999.json.gz": gzipSync(slice(2000)),
      },
      { inputs: ["mpd.slice.*"] },
    );
    expect(rows).toEqual([
      [0, "2000", "A", "one", "list 2000"],
      [1, "2000", "B", "two", "list 2000"],
      [3, "10000", "A", "one", "list 10000"],
      [4, "10000", "B", "two", "list 10000"],
    ]);
    expect(facts.rejectsByReason).toEqual({ "empty artist": 2 });
    expect(rejected[0]!.detail).toBe("track 3 of playlist 2000");
  });

  it("finds the line numbers in a slice fast, however many of its tracks are rejected", async () => {
    const tracks = Array.from({ length: 200 }, (_, pos) => ({ pos, artist_name: "", track_name: "one" }));
    const playlists = Array.from({ length: 300 }, (_, pid) => ({ name: "n", pid, tracks }));
    playlists.push({ name: "n", pid: 300, tracks: [{ pos: 0, artist_name: "A", track_name: "one" }] });
    const text = JSON.stringify({ info: {}, playlists }, null, 1);
    const lineOf = (pid: number) => text.split("\n").indexOf(`   "pid": ${pid},`) + 1;
    let rejected: Awaited<ReturnType<typeof clean>>["rejected"] = [];
    const taken = await processorMs(async () => {
      ({ rejected } = await clean({ "mpd.slice.0-999.json": text }));
    });
    expect(taken).toBeLessThan(15_000);
    expect(rejected).toHaveLength(60_000);
    for (const pid of [0, 1, 299]) expect(rejected[pid * 200 + 7]!.line).toBe(lineOf(pid));
  });

  it("uses the pid as the name of a nameless playlist in a slice, and says so once", async () => {
    const tracks = [{ pos: 0, artist_name: "A", track_name: "one" }];
    const { rows, rejected, facts } = await clean({
      "mpd.slice.0-999.json": JSON.stringify({
        info: {},
        playlists: [
          { pid: 7, tracks },
          { pid: 8, name: " ", tracks: [...tracks, ...tracks] },
          { pid: 9, name: "nine", tracks },
        ],
      }),
    });
    expect(rejected).toEqual([]);
    expect(rows.map(([, user, , , playlist]) => [user, playlist])).toEqual([
      ["7", "7"],
      ["8", "8"],
      ["8", "8"],
      ["9", "nine"],
    ]);
    expect(facts.notes).toEqual(["2 playlists have no name: the pid is used instead"]);
  });

  it("reads CSV files whose columns have other names and another order, if they hold the same", async () => {
    const { rows } = await clean({
      "a.csv": header + good,
      "b.csv": "playlist;song;artist;year;username\nmix;Jóga;Björk;1997;u2\n",
    });
    expect(rows).toEqual([
      [0, "u1", "Muse", "Uprising", "gym"],
      [1, "u2", "Björk", "Jóga", "mix"],
    ]);
  });

  it("tidies names in every format except sequences, and counts the rows that it accepts", async () => {
    const [apart, whole] = ["Bjo\u0308rk", "Björk"];
    const note = /^1 row has names with surrounding spaces or decomposed accents/;
    const csv = `artist,track,playlist\n${apart}\u3000, Jóga,p\n${whole},Jóga,p\n${apart},\u3000,p\n`;
    const play = { artist: apart, track: "Jóga ", playlist: "p" };
    const same = { artist: whole, track: "Jóga", playlist: "p" };
    const nameless = { ...play, track: "\u3000" };
    for (const [name, text] of [
      ["a.csv", csv],
      ["a.json", JSON.stringify([play, same, nameless])],
      ["b.json", JSON.stringify([{ name: "p", tracks: [play, same] }])],
      ["p.m3u", `#EXTINF:1,${apart} - Jóga\na.mp3\n#EXTINF:1,${whole} - Jóga\nb.mp3\n`],
      [
        "s.json",
        JSON.stringify({
          info: {},
          playlists: [
            {
              pid: 1,
              name: "p",
              tracks: [play, same].map((each) => ({ artist_name: each.artist, track_name: each.track })),
            },
          ],
        }),
      ],
    ] as const) {
      const { rows, facts } = await clean({ [name]: text });
      expect([name, rows.map((row) => row.slice(2))]).toEqual([name, Array(2).fill([whole, "Jóga", "p"])]);
      expect(facts.notes).toEqual([expect.stringMatching(note)]);
    }
    await withDuckDb({}, (database) =>
      database.run(`COPY (FROM (VALUES (${sqlString(apart)}, ${sqlString("\u00a0Jóga\t")}, 'p'), (${sqlString(whole)}, 'Jóga', 'p'))
        t(artist, track, playlist)) TO ${sqlString(at("a.parquet"))} (FORMAT parquet)`),
    );
    const parquet = await clean({}, { inputs: ["a.parquet"] });
    expect(parquet.rows.map((row) => row.slice(2))).toEqual(Array(2).fill([whole, "Jóga", "p"]));
    expect(parquet.facts.notes).toEqual([expect.stringMatching(note)]);
    const ids = await clean({ "s.jsonl": `{"playlist_id": "p", "tracks": ["${apart} ", "${whole}"]}\n` });
    expect(ids.rows.map((row) => row[3])).toEqual([`${apart} `, whole]);
    expect(ids.facts.notes).toEqual([]);
  });

  it("reads JSON lines with unchanged ids", async () => {
    const lines = [
      { playlist_id: "p1", tracks: ["Muse-Uprising", "opaque"] },
      { playlist_id: 7, tracks: ["Jay-Z-99 Problems"], artists: ["Jay-Z"], title: "rap" },
      { playlist_id: "u9-gym", tracks: ["x"], title: "gym" },
    ];
    const { rows, rejected } = await clean({
      "s.jsonl": `${lines.map((line) => JSON.stringify(line)).join("\n")}\n{"playlist_id": "p2", "tracks": "x"}\n{oops\n`,
    });
    expect(rows).toEqual([
      [0, null, null, "Muse-Uprising", "p1"],
      [1, null, null, "opaque", "p1"],
      [2, "7", "Jay-Z", "99 Problems", "rap"],
      [3, "u9", null, "x", "gym"],
    ]);
    expect(rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [4, "not a playlist"],
      [5, "not valid JSON"],
    ]);
  });

  it("reads Parquet, its own master table too, and rejects rows with holes", async () => {
    const path = at("in.parquet");
    await withDuckDb({}, (database) =>
      database.run(`COPY (SELECT * FROM (VALUES (1, 'A', 'x', 'p'), (1, NULL, 'y', 'p'), (2, 'B', ' ', 'q'), (2, 'B', 'z', 'q'))
        t("User ID", "Artist Name(s)", "Track Name", playlist_name)) TO ${sqlString(path)} (FORMAT parquet)`),
    );
    const { rows, rejected } = await clean({}, { inputs: ["in.parquet"] });
    expect(rows).toEqual([
      [0, "1", "A", "x", "p"],
      [3, "2", "B", "z", "q"],
    ]);
    expect(rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "empty artist"],
      [3, "empty track"],
    ]);
    const again = await clean({}, { inputs: ["out/master.parquet"] });
    expect(again.rows.map((row) => row.slice(1))).toEqual(rows.map((row) => row.slice(1)));
  });

  it("keeps the given order of files, plain and gzipped", async () => {
    const { rows, facts } = await clean(
      {
        "b.csv.gz": gzipSync(`${header}"u","b","1","p"\n"u","b","2","p"\n`),
        "a.csv": `${header}"u","a","1","p"\n`,
      },
      { inputs: ["b.csv.gz", "a.csv"] },
    );
    expect(rows.map((row) => `${row[0]} ${row[2]}${row[3]}`)).toEqual(["0 b1", "1 b2", "2 a1"]);
    expect(facts.files.map((file) => file.rows)).toEqual([2, 1]);
  });
});

describe("subset", () => {
  const lists = Array.from({ length: 400 }, (_, p) => `"u","a","t1","p${p}"\n"u","a","t2","p${p}"\n`);

  it("keeps about half of the playlists, the same ones when others are added", async () => {
    const { rows, facts } = await clean({ "a.csv": header + lists.slice(0, 200).join("") }, { subset: true });
    const kept = new Set(rows.map((row) => row[4]));
    expect(facts).toMatchObject({ rows: 400, accepted: 400, written: rows.length });
    expect(rows.length).toBe(2 * kept.size);
    expect(kept.size).toBeGreaterThan(70);
    expect(kept.size).toBeLessThan(130);
    const more = await clean({ "a.csv": header + lists.join("") }, { subset: true });
    const keptOfMore = new Set(more.rows.map((row) => row[4]));
    expect([...kept].every((name) => keptOfMore.has(name))).toBe(true);
    const left = lists.find((_, p) => !keptOfMore.has(`p${p}`))!;
    await expect(clean({ "b.csv": header + left }, { subset: true })).rejects.toMatchObject({
      message: "by its hash, --subset leaves out every playlist there is",
      hint: "leave out --subset",
      exitCode: 2,
    });
  });
});

describe("real playlists", () => {
  const real = join(
    process.env.SEGUE_SHARED_DATA ?? join(packageRoot, "..", "shared", "data"),
    "playlists.csv.gz",
  );

  it.skipIf(!existsSync(real))(
    "all 350,881 rows, none rejected, the same bytes at any number of threads",
    async (context) => {
      const hashes = [];
      for (const threads of [1, 2]) {
        const output = at(`${threads}.parquet`);
        const facts = await cleanPlaylists({
          inputs: [real],
          output,
          rejects: at("r.jsonl"),
          threads,
        });
        expect(facts).toMatchObject({ rows: 350_881, accepted: 350_881, rejected: 0, written: 350_881 });
        hashes.push(
          createHash("sha256")
            .update(await readFile(output))
            .digest("hex"),
        );
      }
      expect(hashes[0]).toBe(hashes[1]);
      context.expect(hashes).toHaveLength(2);
    },
  );
  if (!existsSync(real))
    console.log(
      `not run: real playlists; put playlists.csv.gz into ${real}, or name its folder by SEGUE_SHARED_DATA`,
    );
});
