import { describe, expect, it } from "vitest";
import { cleaning } from "../clean.testkit.js";

const { clean, failure } = cleaning();

const watched = (title: string, channel: string | undefined, time: string, id = "abcdefghijk") => ({
  header: "YouTube Music",
  title,
  titleUrl: `https://music.youtube.com/watch?v=${id}`,
  ...(channel !== undefined && {
    subtitles: [{ name: channel, url: "https://www.youtube.com/channel/UC1" }],
  }),
  time,
  products: ["YouTube"],
  activityControls: ["YouTube watch history"],
});
const removed = {
  ...{ header: "YouTube", title: "Watched a video that has been removed" },
  ...{ time: "2024-01-31T18:00:00.000Z", products: ["YouTube"] },
};

describe("the history of YouTube", () => {
  // Newest first, as it comes.
  const history = [
    watched("Watched Uprising", "Muse - Topic", "2024-01-31T18:09:04.784Z"),
    watched("Watched How to cook rice", "Somebody's Kitchen", "2024-01-31T18:05:11.537Z"),
    { ...watched("Watched Take On Me", "a-ha - Topic", "2024-01-31T18:01:00Z"), header: "YouTube" },
    removed,
    watched("Watched Some song", "Release - Topic", "2024-01-31T17:59:00Z"),
    watched("Watched My upload", "Music Library Uploads", "2024-01-31T17:58:00Z"),
    watched("Watched https://music.youtube.com/watch?v=gone", "Muse - Topic", "2024-01-31T17:57:00Z", "gone"),
    { ...removed, title: "Visited YouTube Music", titleUrl: "https://music.youtube.com/" },
  ];

  it("has titles and artists if both are certain, and counts the rest", async () => {
    const { rows, rejected, facts } = await clean({ "watch-history.json": JSON.stringify(history, null, 2) });
    expect(rows).toEqual([
      [0, null, "Muse", "Uprising", "watch-history"],
      [2, null, "a-ha", "Take On Me", "watch-history"],
    ]);
    expect(rejected.map(({ line, reason, detail }) => [line, reason, detail])).toEqual([
      [2, "not a song", 'of the channel "Somebody\'s Kitchen"'],
      [4, "not a song", "no channel"],
      [5, "not a song", 'of the channel "Release - Topic"'],
      [6, "not a song", 'of the channel "Music Library Uploads"'],
      [7, "empty track", "only its address is there"],
      [8, "not a song", "no channel"],
    ]);
    expect(facts.remedies).toEqual([expect.stringMatching(/songs are the plays of an artist's channel/)]);
    expect(facts.files[0]).toMatchObject({ spareTime: "timestamp" });
  });

  it("is split at its pauses, and sorted by time", async () => {
    const text = JSON.stringify(history);
    const { rows } = await clean({ "h.json": text }, { sessionGap: 5 });
    expect(rows.map((row) => row.slice(3))).toEqual([
      ["Take On Me", "h 2024-01-31 18:01"],
      ["Uprising", "h 2024-01-31 18:09"],
    ]);
    const timed = await clean({ "h.json": text }, { mapping: { time: "time" } });
    expect(timed.rows.map((row) => row[3])).toEqual(["Take On Me", "Uprising"]);
  });

  it("may have one object per line", async () => {
    const { rows } = await clean({ "h.jsonl": history.map((entry) => JSON.stringify(entry)).join("\n") });
    expect(rows.map((row) => row[3])).toEqual(["Uprising", "Take On Me"]);
  });

  it.each([
    ["Vous avez regardé Uprising", "Muse - Topic"],
    ["Vous avez regardé\u00a0Uprising", "Muse - Topic"],
    ["Uprising angesehen", "Muse - Thema"],
    ["Has visto Uprising", "Muse - Tema"],
    ["Hai guardato Uprising", "Muse - Topic"],
    ["Obejrzano: Uprising", "Muse - Topic"],
    ["Uprising を視聴しました", "Muse - Topic"],
    ["Uprising 을(를) 시청했습니다.", "Muse - Topic"],
  ])("finds the title in %j", async (title, channel) => {
    const { rows } = await clean({
      "h.json": JSON.stringify([watched(title, channel, "2024-01-31T18:00:00Z")]),
    });
    expect(rows[0]!.slice(2, 4)).toEqual(["Muse", "Uprising"]);
  });

  it("learns another language from a removed video, or else says that it cannot tell", async () => {
    const dutch = watched("Je hebt Uprising bekeken", "Muse - Topic", "2024-01-31T18:00:00Z");
    const gone = watched(
      "Je hebt https://music.youtube.com/watch?v=gone bekeken",
      undefined,
      "2024-01-31T17:00:00Z",
      "gone",
    );
    const { rows } = await clean({ "h.json": JSON.stringify([dutch, gone]) });
    expect(rows[0]!.slice(2, 4)).toEqual(["Muse", "Uprising"]);
    const { message, hint } = await failure({ "h.json": JSON.stringify([dutch]) });
    expect(message).toMatch(
      /h\.json line 1: not a play \(cannot tell the title in "Je hebt Uprising bekeken"\)/,
    );
    expect(hint).toMatch(/language of the account to English/);
  });

  it("is read by a mapping if given", async () => {
    const { rows } = await clean(
      { "h.json": JSON.stringify(history.slice(0, 2)) },
      { mapping: { artist: "header", track: "title" } },
    );
    expect(rows.map((row) => row.slice(2, 4))).toEqual([
      ["YouTube Music", "Watched Uprising"],
      ["YouTube Music", "Watched How to cook rice"],
    ]);
  });
});

describe("JSPF", () => {
  it("is a playlist, as ListenBrainz exports it", async () => {
    const text = {
      playlist: {
        creator: "somebody",
        title: "Weekly Jams",
        identifier: "https://listenbrainz.org/playlist/1",
        extension: { "https://musicbrainz.org/doc/jspf#playlist": { public: true } },
        track: [
          { title: "Uprising", creator: "Muse", album: "The Resistance", identifier: ["https://mb/1"] },
          { title: "Take On Me", creator: "a-ha" },
          { title: "Untitled" },
        ],
      },
    };
    const { rows, rejected } = await clean({ "weekly.jspf": JSON.stringify(text, null, 2) });
    expect(rows.map((row) => row.slice(2))).toEqual([
      ["Muse", "Uprising", "Weekly Jams"],
      ["a-ha", "Take On Me", "Weekly Jams"],
    ]);
    expect(rejected).toMatchObject([{ reason: "empty artist" }]);
  });
});
