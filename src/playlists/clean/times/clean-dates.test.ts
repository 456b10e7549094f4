/** How times are written: a day and a clock in two columns, dates that may begin with the day or the month. */
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { sqlString, withDuckDb } from "../../../system/index.js";
import { cleaning } from "../clean.testkit.js";
import type { CleanOptions } from "../clean-playlists.js";

const { at, clean, failure } = cleaning();

describe("times with date and clock in two columns", () => {
  const text =
    "clock,artist,track,date\n18:05,A,2,2024-01-31\n6:04 PM,A,1,31/01/2024\n9:30:00,A,0,31.1.2024\n,A,x,2024-01-31\n18:05,A,y,\n";
  const mapping = { time: "date+clock" };

  it("are combined, from CSV, JSON and Parquet", async () => {
    await writeFile(at("log.csv"), text);
    const plays = text.trim().split("\n").slice(1);
    const entries = plays.map((play) => {
      const [clock, artist, track, date] = play.split(",");
      return { clock, artist, track, date };
    });
    await writeFile(at("log.jsonl"), entries.map((entry) => JSON.stringify(entry)).join("\n"));
    await withDuckDb({}, (database) =>
      database.run(
        `COPY (FROM read_csv(${sqlString(at("log.csv"))}, all_varchar = true)) TO ${sqlString(at("log.parquet"))} (FORMAT parquet)`,
      ),
    );
    for (const name of ["log.csv", "log.jsonl", "log.parquet"]) {
      const { rows, rejected } = await clean({}, { mapping, inputs: [name] });
      expect(rows.map((row) => row[3])).toEqual(["0", "1", "2"]);
      expect(rejected.map(({ reason }) => reason)).toEqual(["not a time", "not a time"]);
      if (name !== "log.parquet") expect(rejected[0]!.detail).toBe('"2024-01-31 (no clock)"');
    }
  });

  it("may be typed in Parquet, even if the date has a zero clock", async () => {
    const typed = (type: string) =>
      `COPY (SELECT 'A' AS artist, d::${type} AS date, t::TIME AS clock, track FROM (VALUES ('2024-01-31', '18:05', '1'), ('2024-01-31', '09:05:30', '0')) v(d, t, track)) TO ${sqlString(at("log.parquet"))} (FORMAT parquet)`;
    for (const type of ["DATE", "TIMESTAMP"]) {
      await withDuckDb({}, (database) => database.run(typed(type)));
      const { rows } = await clean({}, { mapping, inputs: ["log.parquet"] });
      expect(rows.map((row) => row[3])).toEqual(["0", "1"]);
    }
    const csv = "date,clock,artist,track\n2024-01-31 00:00:00,18:05,A,1\n";
    const { rows } = await clean({ "a.csv": csv }, { mapping, sessionGap: 30 });
    expect(rows[0]![4]).toBe("a 2024-01-31 18:05");
  });

  it("are found by their usual names, unless the date has its own clock", async () => {
    const csv =
      "Datum;Uhrzeit;Interpret;Titel\n31.01.2024;18:05;A;1\n31.01.2024;17:00;A;0\n31.01.2024 19:00;18:00;A;2\n";
    await writeFile(at("log.csv"), csv);
    await withDuckDb({}, (database) =>
      database.run(
        `COPY (FROM read_csv(${sqlString(at("log.csv"))}, all_varchar = true)) TO ${sqlString(at("log.parquet"))} (FORMAT parquet)`,
      ),
    );
    for (const name of ["log.csv", "log.parquet"]) {
      const { rows, rejected } = await clean({}, { inputs: [name], sessionGap: 30 });
      expect(rows.map((row) => [row[3], row[4]])).toEqual([
        ["0", "log 2024-01-31 17:00"],
        ["1", "log 2024-01-31 18:05"],
        ["2", "log 2024-01-31 19:00"],
      ]);
      expect(rejected).toEqual([]);
    }
  });

  it("are reported by name if missing; a column name may contain a plus", async () => {
    expect((await failure({ "a.csv": "date,artist,track\n1,A,x\n" }, { mapping })).message).toMatch(
      /missing: "date\+clock"$/,
    );
    const { rows } = await clean(
      { "a.csv": "date+clock,date,clock,artist,track\n2,a,b,A,x\n1,a,b,A,y\n" },
      { mapping },
    );
    expect(rows.map((row) => row[3])).toEqual(["y", "x"]);
  });
});

describe("dates with slashes", () => {
  const log = (times: readonly string[]) =>
    `when,artist,track\n${times.map((time, i) => `"${time}",A,${i}\n`).join("")}`;
  const mapping = { time: "when" };
  const order = async (file: string, options: Partial<CleanOptions> = {}) =>
    (await clean({}, { mapping, inputs: [file], ...options })).rows.map((row) => row[3]);
  /** The same plays as CSV, JSON and Parquet. */
  const write = async (times: readonly string[]) => {
    await writeFile(at("log.csv"), log(times));
    const plays = times.map((when, i) => ({ when, artist: "A", track: String(i) }));
    await writeFile(at("log.json"), JSON.stringify(plays));
    await withDuckDb({}, (database) =>
      database.run(
        `COPY (FROM read_csv(${sqlString(at("log.csv"))}, all_varchar = true)) TO ${sqlString(at("log.parquet"))} (FORMAT parquet)`,
      ),
    );
    return ["log.csv", "log.json", "log.parquet"];
  };

  it.each([
    ["day-first", ["02/03/2024 10:00", "31/01/2024 10:00", "2024-02-29 10:00", "1/3/2024 9:05"], "1230"],
    [
      "month-first",
      ["02/03/2024 10:00 AM", "01/31/2024 6:05 PM", "2024-02-02 10:00", "1/3/2024 9:05 AM"],
      "3120",
    ],
    ["day-first", ["02/03/24 10:00", "31/01/24 10:00", "2024-02-29 10:00", "1/3/24 9:05"], "1230"],
    ["month-first", ["02/03/24 10:00 AM", "1/31/24 6:05 PM", "31.12.99", "1/3/2024 9:05 AM"], "2310"],
  ])("reads all %s where one of them is so", async (name, times, wanted) => {
    for (const file of await write(times)) {
      expect((await order(file)).join("")).toBe(wanted);
      const { facts } = await clean({}, { mapping, inputs: [file] });
      expect(facts.notes[0]).toBe(
        `dates are read ${name}, as ${at(file)}, line ${file.endsWith("csv") ? 3 : 2} ("${times[1]}") shows`,
      );
    }
  });

  it("says how it reads years of two digits", async () => {
    for (const file of await write(["2024-05-05", "05/05/24", "24-01-31"])) {
      const { facts } = await clean({}, { mapping, inputs: [file] });
      const [second, third] = file.endsWith("csv") ? [3, 4] : [2, 3];
      expect(facts.notes.slice(0, 2)).toEqual([
        `dates are read day-first, as ${at(file)}, line ${third} ("24-01-31") shows`,
        `a two-digit year is taken to be last: ${at(file)}, line ${second} ("05/05/24") is 2024-05-05`,
      ]);
    }
  });

  it("lets one file decide the order for the other inputs", async () => {
    const { rows } = await clean({ "a.csv": log(["02/03/2024"]), "b.csv": log(["13/02/2024"]) }, { mapping });
    expect(rows.map((row) => row[4])).toEqual(["b", "a"]);
  });

  it("refuses contradictory orders, with a line of each", async () => {
    for (const file of await write(["02/03/2024", "31/01/2024", "01/31/2024"])) {
      const [second, third] = file.endsWith("csv") ? [3, 4] : [2, 3];
      const { message, hint } = await failure({}, { mapping, inputs: [file] });
      expect(message).toBe(
        `some dates have the day first and others the month: ${at(file)}, line ${second} ("31/01/2024") and ${at(file)}, line ${third} ("01/31/2024")`,
      );
      expect(hint).toMatch(/--dates day-first/);
    }
  });

  it("refuses ambiguous dates without the option", async () => {
    for (const file of await write(["02/03/2024", "03/02/2024", "05/05/2024"])) {
      const { message, hint } = await failure({}, { mapping, inputs: [file] });
      expect(message).toMatch(/line \d: cannot tell the day from the month in "02\/03\/2024"/);
      expect(hint).toBe("say which is first: --dates day-first or --dates month-first");
      expect((await order(file, { dates: "day-first" })).join("")).toBe("102");
      expect((await order(file, { dates: "month-first" })).join("")).toBe("012");
    }
  });

  it("rejects days that no month has, which do not decide the order", async () => {
    for (const file of await write(["31/02/2024", "02/30/24", "2024-02-31", "05/05/2024"])) {
      const { rows, rejected, facts } = await clean({}, { mapping, inputs: [file] });
      expect(rows.map((row) => row[3])).toEqual(["3"]);
      const first = file.endsWith("csv") ? 2 : 1;
      expect(rejected.map(({ line, reason }) => [line, reason])).toEqual(
        [0, 1, 2].map((i) => [first + i, "not a time"]),
      );
      expect(facts.notes.filter((note) => /first/.test(note))).toEqual([]);
    }
  });

  it("needs no order if each date is the same in both", async () => {
    for (const file of await write(["05/05/2024", "01/01/2024"]))
      expect(await order(file)).toEqual(["1", "0"]);
  });

  it("rejects invalid dates, and dates invalid in the given order", async () => {
    for (const file of await write(["02/03/2024", "31/01/2024", "32/13/2024"])) {
      const { rejected } = await clean({}, { mapping, inputs: [file], dates: "month-first" });
      expect(rejected.map(({ reason }) => reason)).toEqual(["not a time", "not a time"]);
      expect((await order(file)).join("")).toBe("10");
    }
  });
});
