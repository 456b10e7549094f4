import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { cleaning } from "../clean.testkit.js";

const { at, clean, failure } = cleaning();

describe("the header", () => {
  it("wrong columns: lists those found and those needed, and says how to map them", async () => {
    const { message, hint, left } = await failure({ "a.csv": "listener,performer,song\nx,y,z\n" });
    expect(message).toMatch(
      /a\.csv, line 1: found the columns "listener", "performer", "song"; missing: artist$/,
    );
    expect(hint).toBe(
      `say which column is which with a mapping, such as --columns "artist=…,track=song,playlist=…"; without playlist=… each file is one playlist; artist=none if tracks need none; artist=song,track=song if song is "Artist - Title"`,
    );
    expect(left).toEqual([]);
    expect(
      (
        await failure(
          { "a.csv": "by,song,list\nx,y,z\n" },
          { mapping: { artist: "byy", track: "song", playlist: "list" } },
        )
      ).message,
    ).toMatch(/missing: "byy"/);
  });

  it("a quote that is not closed in the header", async () => {
    const { message, hint } = await failure({
      "a.csv": 'user,artist,"track,playlist\nu,Muse,Uprising,gym\n',
    });
    expect(message).toMatch(/a\.csv, line 1: a quote \("\) opens in the header and is not closed/);
    expect(hint).toBe('close it or remove it; with it the columns are "user", "artist", "track,playlist"');
  });

  it("a file without a header: says that it needs one", async () => {
    const { message, hint } = await failure({ "a.csv": "u1;Muse;Uprising;gym\n".repeat(3) });
    expect(message).toMatch(/found the columns "u1", "Muse", "Uprising", "gym"; missing: artist, track$/);
    expect(hint).toMatch(/if that line names no columns, .*: "user_id;artist;track;playlist"; if the/);
    const known = await failure({ "a.csv": "by;song\nMuse;Uprising\n" });
    expect(known.hint).not.toMatch(/names no columns/);
    const { hint: ofPlaylists } = await failure({
      "a.csv": "Muse - Uprising,Muse - Hysteria\nA - B,C - D\n",
    });
    expect(ofPlaylists).toMatch(/if each line is a playlist, write it as JSON: \{"name": "…", "tracks": \[/);
    const list = "Muse - Uprising\nEarth, Wind & Fire - September\n";
    const { hint: ofList } = await failure({ "list.txt": list });
    expect(ofList).toMatch(
      /begin the file with the line "track", and pass --columns "artist=track,track=track"; if the/,
    );
    expect(ofList).not.toMatch(/mapping, such as|in front/);
    const comma = "Earth, Wind & Fire - September\n";
    expect((await failure({ "list.txt": comma })).hint).toMatch(/begin the file with the line "track"/);
    for (const front of ["[04:30] ", "[1:04:30] ", "12. "]) {
      const { hint: ofNumbered } = await failure({ "list.txt": `${front}Muse – Uprising\n` });
      expect(ofNumbered).toMatch(/first remove the numbers or times in front: sed -E 's/);
      const [, program] = /sed -E '([^']+)'/.exec(ofNumbered)!;
      expect(execFileSync("sed", ["-E", program!], { input: `${front}Muse – Uprising` }).toString()).toBe(
        "Muse – Uprising",
      );
    }
    for (const time of ["2024-01-31 18:05:00", "31.01.2024 18:05", "[01/31/2024 18:05:00]"]) {
      const play = `${time} Muse - Uprising\n`;
      const { hint: ofLog } = await failure({ "log.txt": play });
      expect(ofLog).toMatch(/line "date\|track", and pass --columns "artist=track,track=track,time=date" \(/);
      const [, program] = /sed -E '([^']+)'/.exec(ofLog)!;
      const table = execFileSync("sed", ["-E", program!], { input: play }).toString();
      expect(table).toBe(`${time.replace(/[[\]]/g, "")}|Muse - Uprising\n`);
    }
    const mapping = { artist: "track", track: "track" };
    const { rows, rejected } = await clean({ "list.txt": `track\n${list}Silence\n` }, { mapping });
    expect(rows.map((row) => row.slice(2, 4))).toEqual([
      ["Muse", "Uprising"],
      ["Earth, Wind & Fire", "September"],
    ]);
    expect(rejected[0]).toMatchObject({
      line: 4,
      reason: "empty artist",
      detail: expect.stringContaining(" - "),
    });
    const whole = await clean({}, { inputs: ["list.txt"], mapping: { artist: "none" } });
    expect(whole.rows.map((row) => row[3])).toContain("Earth, Wind & Fire - September");
  });

  it.each([
    [
      "31/Jan/2024:18:05:00 +0000|/live.mp3|17|Muse - Uprising",
      '"date|…|…|track", and pass --columns "artist=track,track=track"',
    ],
    [
      "18:05:00\tMuse - Uprising\t04:39",
      '"clock<tab>track<tab>…", and pass --columns "artist=track,track=track"',
    ],
    ["31.01.2024;18:05;Music;Muse;x", '"date;clock;…;…;…", with artist and track in their places'],
    [
      "18:05;Muse;Uprising - Live",
      '"clock;…;…", with artist and track in their places (if "Artist - Title" is in one, only track in its place, and pass --columns "artist=track,track=track")',
    ],
  ])("a log without a header: says which columns may be which, %s", async (line, proposal) => {
    const { hint } = await failure({ "a.log": `${line}\n` });
    expect(hint).toContain(`begin the file with one that does: ${proposal};`);
    const head = proposal.split('"')[1]!.replaceAll("<tab>", "\t");
    if (!head.includes("track")) return;
    const mapping = { artist: "track", track: "track" };
    const { rows } = await clean({ "a.log": `${head}\n${line}\n` }, { mapping });
    expect(rows[0]!.slice(2, 4)).toEqual(["Muse", "Uprising"]);
  });

  it("a report with a title above its header: begins with the header, and says so", async () => {
    const report =
      "Radio X;;\n\nfrom 1.1.2024, 8:00;;\nSendedatum;Sendezeit;Titel;Interpret\n31.01.2024;18:05;x;Muse\nSum;;1;\n";
    const { rows, rejected, facts } = await clean({ "a.csv": report, "b.csv": report }, { sessionGap: 30 });
    expect(rows.map((row) => row.slice(2))).toEqual([
      ["Muse", "x", "a 2024-01-31 18:05"],
      ["Muse", "x", "b 2024-01-31 18:05"],
    ]);
    expect(rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [6, "empty artist"],
      [6, "empty artist"],
    ]);
    expect(facts.notes).toEqual([
      `the header is in ${at("a.csv")}, line 4, likewise in 1 other file: the lines above are skipped`,
    ]);
    // A mapping finds a header of other names, and what lacks is told of the header.
    const own = report.replace("Interpret", "By").replace("Titel", "What");
    expect((await failure({ "a.csv": own })).message).toMatch(/line 1: found the columns "Radio X"/);
    const mapping = { artist: "By", track: "What" };
    expect((await clean({ "a.csv": own }, { mapping })).rows).toHaveLength(1);
    const timed = report.replace("Sendedatum", "Am");
    expect((await failure({ "a.csv": timed }, { sessionGap: 30 })).message).toMatch(
      /line 4: found the columns "Am", .* missing: time$/,
    );
    const latin = Buffer.from(report.replace("Interpret", "Künstler"), "latin1");
    expect((await failure({ "a.csv": latin })).message).toMatch(/line 4 is not UTF-8; .*"Künstler"$/);
    // Far below the first lines stand plays.
    expect((await failure({ "a.csv": `${"Radio X\n".repeat(30)}${report}` })).message).toMatch(/line 1:/);
  });
});
