/** What a log is said to hold beside music: jingles and advertisements; and of logs of songs alone nothing. */
import { expect, it } from "vitest";
import { Random } from "../../../system/index.js";
import { cleaning } from "../clean.testkit.js";

const { clean } = cleaning();

type Play = readonly [artist: string, track: string];

/** A log of so many playlists, a day apart, each of the plays that are made for it. */
function logOf(playlists: number, make: (random: Random) => readonly Play[]): string {
  const random = new Random(5);
  const rows = Array.from({ length: playlists }, (_, day) =>
    make(random).map(([artist, track], i) => `${artist},${track},${day * 86_400 + i * 200}\n`),
  );
  return `artist,track,ts\n${rows.flat().join("")}`;
}

/** The n-th of `many` is chosen the less often the larger n is. */
const choose = (random: Random, many: number, exponent: number) =>
  Math.floor(many * random.next() ** exponent);

const song = (random: Random, exponent: number, titles: number): Play => {
  const artist = choose(random, 150, exponent);
  return [`Band ${artist}`, `Song ${choose(random, titles, 1.3)}`];
};

const broadcast = (hours: number) => (random: Random) =>
  Array.from({ length: hours * 14 }, () => song(random, 1.6, 3));

const withJingles = (hours: number) => (random: Random) =>
  broadcast(hours)(random).flatMap((play, i): Play[] => [
    ...(i % 4 === 0 ? [[i % 8 === 0 ? "WERBUNG" : "Werbung", "Spot"] as const] : []),
    ...(i % 3 === 0 ? [["Radio X", `Station ID ${i % 15}`] as const] : []),
    play,
  ]);

const notesOf = async (log: string) => (await clean({ "log.csv": log }, { sessionGap: 30 })).facts.notes;

it.each([1, 4, 12])("finds non-music between the songs of broadcasts of %i hours", async (hours) => {
  const log = logOf(40, withJingles(hours));
  const notes = await notesOf(log);
  expect([...notes].sort()).toEqual([
    "\"Radio X\" is in 100 % of the playlists: if that is not music, leave it out: --leave-out 'Radio X'",
    '"WERBUNG" is in 100 % of the playlists: if that is not music, leave it out: --leave-out WERBUNG',
  ]);
  const { facts } = await clean(
    {},
    { inputs: ["log.csv"], sessionGap: 30, leaveOut: ["werbung", "Radio X"] },
  );
  expect(facts.notes).toEqual([expect.stringMatching(/^left out by --leave-out: \d+ plays, /)]);
});

it("uses titles if there are no artists", async () => {
  const log = logOf(30, withJingles(2))
    .replace(/^(.*?),(.*?),/gm, "$1: $2,")
    .replace(/^.*\n/, "title,ts\n");
  const { facts } = await clean(
    { "log.csv": log },
    { sessionGap: 30, mapping: { track: "title", artist: "none" } },
  );
  expect(facts.notes.map((note) => /^"(.*?)" is in 100 % of the playlists/.exec(note)?.[1])).toEqual([
    "WERBUNG: Spot",
    ...[0, 12, 3, 6, 9].map((id) => `Radio X: Station ID ${id}`),
  ]);
});

it.each<[string, number, (random: Random) => readonly Play[]]>([
  ["broadcasts of one hour", 200, broadcast(1)],
  ["broadcasts of four hours", 60, broadcast(4)],
  ["whole days of a station", 30, broadcast(18)],
  [
    "a listener who likes some bands far more",
    300,
    (random) => Array.from({ length: 1 + choose(random, 20, 1) }, () => song(random, 3, 40)),
  ],
  [
    "a listener of whom every second play is of one band",
    300,
    (random) =>
      Array.from({ length: 1 + choose(random, 20, 1) }, () =>
        random.next() < 0.5 ? (["Love", `Song ${choose(random, 100, 1.3)}`] as const) : song(random, 1.5, 40),
      ),
  ],
  ["jingles in too few playlists to tell", 19, withJingles(2)],
  ["nothing but one artist", 30, () => Array.from({ length: 9 }, (_, i) => ["A", `${i % 2}`] as const)],
])("says nothing of %s", async (_, playlists, make) => {
  expect(await notesOf(logOf(playlists, make))).toEqual([]);
});

it("says nothing about playlists that are not split at pauses", async () => {
  const log = logOf(40, withJingles(2));
  expect((await clean({ "log.csv": log }, { mapping: { time: "ts" } })).facts.notes).toEqual([]);
});
