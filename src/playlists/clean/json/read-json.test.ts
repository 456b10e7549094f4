import { describe, expect, it } from "vitest";
import { cleaning } from "../clean.testkit.js";

const { clean, failure } = cleaning();

const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");
const wanted = [
  [0, "1", "Muse", "Uprising", "gym"],
  [1, "1", "AC-DC", "T-N-T", "gym"],
];

describe("playlists in JSON with other field names", () => {
  const track = (artist: string, name: string) => ({ name, artists: [{ name: artist, href: "…" }], id: "x" });
  const written = {
    id: 1,
    name: "gym",
    tracks: [
      { artist: "Muse", title: "Uprising" },
      { artist_name: "AC-DC", track_name: "T-N-T" },
    ],
  };
  const api = {
    id: "1",
    name: "gym",
    tracks: { items: [{ track: track("Muse", "Uprising") }, { track: track("AC-DC", "T-N-T") }] },
  };
  it.each([
    ["an object a line", lines([written])],
    ["a document of one", JSON.stringify(written, null, 2)],
    ["an array", JSON.stringify([written])],
    ["an array, set out over lines", JSON.stringify([written], null, 1)],
    ["as the web API of Spotify has it", JSON.stringify(api)],
    ["a line that is longer than a look at the file", lines([{ ...written, note: "n".repeat(100_000) }])],
  ])("reads %s", async (_, text) => {
    const { rows, facts } = await clean({ "lists.json": text });
    expect(rows).toEqual(wanted);
    expect(facts.form).toBe("json");
  });

  it("reads plays with artist and track in a nested object, as from ListenBrainz", async () => {
    const listen = (listened_at: number, artist_name: string, track_name: string) => ({
      ...{ listened_at, user_name: "me", track_metadata: { artist_name, track_name, additional_info: {} } },
    });
    const text = lines([
      listen(200, "Muse", "Uprising"),
      listen(100, "a-ha", "Take On Me"),
      { listened_at: 1 },
    ]);
    const { rows, rejected } = await clean({ "listens.jsonl": text }, { sessionGap: 30 });
    expect(rows.map(([, user, artist, track]) => [user, artist, track])).toEqual([
      ["me", "a-ha", "Take On Me"],
      ["me", "Muse", "Uprising"],
    ]);
    expect(rejected).toMatchObject([{ line: 3, reason: "empty user_id" }]);
    const other = lines([{ by: { whom: ["Muse", { name: "a-ha" }] }, song: { title: "x", "v.1": 1 } }]);
    const mapping = { artist: "by.whom", track: "song.v.1" };
    expect((await clean({ "o.jsonl": other }, { mapping })).rows[0]).toEqual([
      0,
      null,
      "Muse, a-ha",
      "1",
      "o",
    ]);
  });

  it("reads Spotify's data export, and counts what is not a track", async () => {
    const playlists = ["gym", "sunday"].map((name) => ({
      name,
      lastModifiedDate: "2024-01-02",
      items: [
        { track: { trackName: "Uprising", artistName: "Muse", albumName: "x" }, episode: null },
        { track: null, episode: { episodeName: "Talk" } },
      ],
      numberOfFollowers: 0,
    }));
    const { rows, rejected } = await clean({ "Playlist1.json": JSON.stringify({ playlists }, null, 2) });
    expect(rows).toEqual([
      [0, null, "Muse", "Uprising", "gym"],
      [2, null, "Muse", "Uprising", "sunday"],
    ]);
    expect(rejected).toMatchObject([
      { line: 1, reason: "empty track", detail: 'track 2 of playlist "gym"' },
      { line: 2, reason: "empty track" },
    ]);
  });

  it("reads the tracks of a release from MusicBrainz", async () => {
    const credit = ["Simon", "Garfunkel"].map((name) => ({ name, joinphrase: " & ", artist: { name } }));
    const medium = { position: 1, tracks: [{ number: "1", title: "America", "artist-credit": credit }] };
    const { rows } = await clean({ "disc.jsonl": lines([medium]) });
    expect(rows).toEqual([[0, null, "Simon, Garfunkel", "America", "disc"]]);
  });

  it("reads an array with one playlist per line, wherever the commas are", async () => {
    for (const text of [
      `[\n${JSON.stringify(written)}\n,${JSON.stringify(written)}\n]`,
      `[\n${JSON.stringify(written)}\n]`,
    ]) {
      const { rejected } = await clean({ "lists.json": text });
      expect(rejected).toEqual([]);
    }
  });

  it("distinguishes playlists of the same name without ids", async () => {
    const list = (track: string) => ({ name: "gym", tracks: [{ artist: "Muse", title: track }] });
    const { rows } = await clean({ "lists.json": JSON.stringify([list("a"), list("b"), list("c")]) });
    expect(rows.map((row) => row.slice(3))).toEqual([
      ["a", "gym"],
      ["b", "gym (2)"],
      ["c", "gym (3)"],
    ]);
  });

  it.each([
    [
      "names that differ only in spaces or in the form of é",
      ["été", " été", "e\u0301te\u0301"],
      ["été", "été (2)", "été (3)"],
    ],
    ["a name that is like a number given here", ["gym", "gym", "gym (2)"], ["gym", "gym (2)", "gym (2) (2)"]],
    ["a name that has the next number", ["gym", "gym (2)", "gym"], ["gym", "gym (2)", "gym (3)"]],
    ["the number 7 and its text", [7, "7"], ["7", "7 (2)"]],
  ])("keeps apart playlists without ids: %s", async (_, given, expected) => {
    const lists = given.map((name) => ({ name, tracks: [{ artist: "Muse", title: "a" }] }));
    const { rows } = await clean({ "lists.json": JSON.stringify(lists) });
    expect(rows.map((row) => row[4])).toEqual(expected);
  });

  it("rejects each playlist whose name is none", async () => {
    const lists = ["", "", {}, {}].map((name) => ({ name, tracks: [{ artist: "Muse", title: "a" }] }));
    const { rows, rejected } = await clean({
      "lists.json": JSON.stringify([...lists, { name: "gym", tracks: ["a"] }]),
    });
    expect(rows).toHaveLength(1);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      ...Array(2).fill("empty playlist"),
      ...Array(2).fill("not a playlist"),
    ]);
  });

  it("reads sequences in an array as it reads them line by line", async () => {
    const sequences = [
      {
        playlist_id: "u-Mix",
        title: "Mix",
        tracks: ["Muse-Uprising", "a-ha-Take On Me"],
        artists: ["Muse", "a-ha"],
      },
      { playlist_id: 7, tracks: [" 1", "x"], artists: [" A", "B"] },
      { playlist_id: "none", tracks: ["Muse-Uprising"] },
    ];
    const { rows } = await clean({ "lines.jsonl": lines(sequences) });
    expect(rows[1]).toEqual([1, "u", "a-ha", "Take On Me", "Mix"]);
    for (const whole of [sequences, { playlists: sequences }])
      expect((await clean({ "whole.json": JSON.stringify(whole) })).rows).toEqual(rows);
    // The artists of a playlist, not those of each of its tracks.
    const others = [{ name: "Mix", tracks: ["1", "2", "3"], artists: ["Muse", "a-ha"] }];
    const read = await clean({ "whole.json": JSON.stringify(others) });
    expect(read.rows.map(([, , artist]) => artist)).toEqual([null, null, null]);
  });

  it("reads lists of ids; without a name they are named by file and number", async () => {
    const { rows } = await clean({ "ids.json": JSON.stringify([[7, 8], ["a-b"]]) });
    expect(rows).toEqual([
      [0, null, null, "7", "ids 1"],
      [1, null, null, "8", "ids 1"],
      [2, null, null, "a-b", "ids 2"],
    ]);
  });

  it("reads lines of lists, also if the first is long", async () => {
    const long = Array.from({ length: 10_000 }, (_, i) => `id of track ${i}`);
    const { facts } = await clean({ "ids.jsonl": lines([long, ["a", "b"]]) });
    expect(facts).toMatchObject({ accepted: 10_002, rejected: 0 });
  });

  it("reads a number as the text of it, but not one that JSON rounds: several ids would become one", async () => {
    // The first track decides whether these are read as sequences.
    for (const first of ['"7"', "7"]) {
      const of = (id: number, ...tracks: string[]) => `{"playlist_id": ${id}, "tracks": [${tracks}]}`;
      const text = [of(1, first, "7"), of(2, "9007199254740993"), of(3, "9007199254740992")].join("\n");
      const { rows, rejected } = await clean({ "ids.jsonl": text });
      expect(rows.map((row) => row.slice(3))).toEqual([
        ["7", "1"],
        ["7", "1"],
      ]);
      expect(rejected.map(({ line, reason }) => ({ line, reason }))).toEqual([
        { line: 2, reason: "not a playlist" },
        { line: 3, reason: "not a playlist" },
      ]);
    }
    const play = (track: string) => `{"playlist": 1, "artist": "A", "track": ${track}}`;
    const plays = await clean({ "plays.jsonl": [play("7"), play("9007199254740993")].join("\n") });
    expect(plays).toMatchObject({ rows: [[0, null, "A", "7", "1"]], rejected: [{ line: 2 }] });
  });

  it("reads files put together from several with a byte order mark each", async () => {
    const text = `\ufeff${lines([written])}\ufeff${lines([written])}`;
    expect(await clean({ "both.jsonl": text })).toMatchObject({ rejected: [] });
  });

  it("rejects broken lines and non-playlists one by one", async () => {
    const text = `{"name": "gym", "tracks"\n${lines([written, { name: "x" }, { ...written, tracks: [] }])}`;
    const { rows, rejected } = await clean({ "a.jsonl": text });
    expect(rows.map((row) => row.slice(1))).toEqual(wanted.map((row) => row.slice(1)));
    expect(rejected.map(({ line, reason }) => ({ line, reason }))).toEqual([
      { line: 1, reason: "not valid JSON" },
      { line: 3, reason: "not a playlist" },
      { line: 4, reason: "no tracks" },
    ]);
  });

  it.each([
    ["[", "damaged", /not valid JSON/],
    ["[]", "empty-input", /no rows/],
    ['{"playlists": []}', "empty-input", /no rows/],
    ["[1, {}]", "wrong-columns", /entry 2: found the columns ; missing: artist, track/],
  ])("refuses %s as a whole", async (text, code, message) => {
    const failed = await failure({ "a.json": text });
    expect(failed).toMatchObject({ code, left: [] });
    expect(failed.message).toMatch(message);
  });
});

describe("rows in JSON", () => {
  const play = { user: 1, artist: "Muse", track: "Uprising", playlist: "gym", added: null };
  const plays = [play, { ...play, artist: "AC-DC", track: "T-N-T" }];
  it.each([
    ["an object a line", lines(plays)],
    ["an array", JSON.stringify(plays)],
    ["an array, set out over lines", JSON.stringify(plays, null, 2)],
  ])("reads %s", async (_, text) => {
    expect((await clean({ "rows.json": text })).rows).toEqual(wanted);
  });

  it("reads by a mapping, and refuses unknown keys like unknown columns", async () => {
    const row = { performer: "Muse", song: "Uprising", set: "gym" };
    const text = lines([row, row]);
    const { rows } = await clean(
      { "rows.jsonl": text },
      { mapping: { artist: "performer", playlist: "set" } },
    );
    expect(rows[1]).toEqual([1, null, "Muse", "Uprising", "gym"]);
    expect(await failure({ "other.jsonl": text })).toMatchObject({
      code: "wrong-columns",
      message: expect.stringMatching(/other\.jsonl, line 1: found the columns "performer", "song", "set"/),
    });
  });

  it("says what a playlist looks like if none is found", async () => {
    const { hint } = await failure({ "error.json": '{"error": {"status": 401}}' });
    expect(hint).toMatch(/a playlist looks like \{"name": "…", "tracks": \[/);
  });

  it("counts each object that is not a play", async () => {
    const odd = [
      { ...play, artist: null },
      { ...play, track: { name: "x" } },
      { ...play, track: "\0" },
      3,
      { ...play, artist: "\ud800" },
    ];
    const { rows, rejected } = await clean({ "rows.jsonl": lines([play, ...odd]) });
    expect(rows).toHaveLength(1);
    expect(rejected.map(({ line, reason, detail }) => [line, reason, detail])).toEqual([
      [2, "empty artist", undefined],
      [3, "not a play", 'expected a string as "track"'],
      [4, "NUL byte", undefined],
      [5, "not a play", "expected an object"],
      [6, "half of a surrogate pair", undefined],
    ]);
  });

  it("rejects names of sequences that only JSON can encode", async () => {
    const list = (playlist_id: string, ...tracks: string[]) => ({ playlist_id, tracks });
    const sequences = [list("p", "a", "b\0", "\ud800c", "😀"), list("q\udc00", "a")];
    const { rows, rejected } = await clean({ "lists.jsonl": lines(sequences) });
    expect(rows).toHaveLength(2);
    expect(rejected.map(({ line, reason, detail }) => [line, reason, detail])).toEqual([
      [1, "NUL byte", 'track 2 of playlist "p"'],
      [1, "half of a surrogate pair", 'track 3 of playlist "p"'],
      [2, "half of a surrogate pair", "in the playlist's name or id"],
    ]);
  });

  it("reads a Spotify listening history as one playlist, and says so", async () => {
    const short = [{ endTime: "2024-01-02 10:00", artistName: "Muse", trackName: "Uprising", msPlayed: 9 }];
    const long = [
      {
        ts: "2024-01-02T10:00:00Z",
        username: "me",
        master_metadata_track_name: "Uprising",
        master_metadata_album_artist_name: "Muse",
      },
    ];
    const first = await clean({ "StreamingHistory0.json": JSON.stringify(short, null, 2) });
    expect(first.rows).toEqual([[0, null, "Muse", "Uprising", "StreamingHistory0"]]);
    expect(first.facts.files[0]!.playlist).toEqual({ name: "StreamingHistory0", ofEachUser: false });
    const second = await clean({ "Audio_2024.json": JSON.stringify(long) });
    expect(second.rows).toEqual([[0, "me", "Muse", "Uprising", "Audio_2024"]]);
  });
});

describe("responses of web services", () => {
  const play = (artist: string, name: string, uts?: number) => ({
    artist: { mbid: "", "#text": artist },
    name,
    album: { mbid: "", "#text": "x" },
    ...(uts !== undefined && { date: { uts: String(uts), "#text": "01 Jan 2024, 08:04" } }),
  });
  const plays = [play("Muse", "Uprising", 1704096300), play("Air", "Sexy Boy", 1704096240)];

  it("have nested plays, and the message says how to extract them", async () => {
    const page = { recenttracks: { track: plays, "@attr": { page: "1" } } };
    const { message, hint } = await failure({ "page 1.json": JSON.stringify(page) });
    expect(message).toMatch(/page 1\.json is one object, with a list of others in "recenttracks\.track"$/);
    expect(hint).toMatch(/jq -c '\.\["recenttracks"\]\["track"\]\[\]' '.*page 1\.json' > '.*page 1\.jsonl'$/);
    const { code } = await failure({ "a.json": '{"tags": ["x"], "by": {"id": 1}}' });
    expect(code).toBe("wrong-columns");
  });

  it("of Last.fm are recognised", async () => {
    const { rows, rejected } = await clean(
      { "page.jsonl": lines([{ ...play("Low", "Now"), "@attr": { nowplaying: "true" } }, ...plays]) },
      { sessionGap: 30 },
    );
    expect(rows.map((row) => row.slice(2))).toEqual([
      ["Air", "Sexy Boy", "page 2024-01-01 08:04"],
      ["Muse", "Uprising", "page 2024-01-01 08:04"],
    ]);
    // What is playing now has no time yet, and stands on every page.
    expect(rejected).toMatchObject([{ line: 1, reason: "not a play", detail: "it was still playing" }]);
    const { message } = await failure(
      { "untimed.jsonl": lines([{ ...play("Low", "Now"), image: [{ size: "small" }] }]) },
      { sessionGap: 30 },
    );
    expect(message).toMatch(/missing: time$/);
  });
});
