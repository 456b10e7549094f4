import { describe, expect, it } from "vitest";
import { withDuckDb } from "../../../system/index.js";
import { parseTime, timeRemedy, timeSql } from "./time-of-play.js";

const moment = Date.UTC(2024, 0, 31, 18, 5);

describe("the time of a play", () => {
  it.each([
    "2024-01-31 18:05",
    "2024-01-31T18:05:00Z",
    "2024-01-31 18:05:00.000000 UTC",
    "2024/01/31 18:05:00",
    "2024-01-31T19:05:00+01:00",
    "2024-01-31T19:05:00+0100",
    "2024-01-31 16:05:00-02",
    "31 Jan 2024, 18:05",
    "31.01.2024 18:05",
    "31.01.24 18:05",
    "31.01.2024 18.05",
    "31.1.2024 18.05.00",
    "2024-01-31 18h05",
    "2024-01-31 6:05 p. m.",
    "20240131 6:05:00 P.M.",
    "31.1.24, 6:05 PM",
    "31.1.2024, 18:05:00",
    "31.01.2024 19:05:00 +01:00",
    "31 January 2024 18:05:00",
    "31 Jan 2024 19:05:00 +0100",
    "31/Jan/2024:18:05:00 +0000",
    "31/Jan/2024:16:35:00 -0130",
    "31/Jan/2024:18:05:00",
    "20240131 18:05",
    "20240131 6:05 PM",
    "20240131T18:05:00Z",
    "20240131180500",
    "20240131180500.0",
    "20240131 180500",
    "20240131T180500Z",
    "20240131T190500+01:00",
    "2024-01-31 6:05 PM",
    "2024/1/31 18:05",
    "31.1.2024 6:05:00 pm",
    " 1706724300 ",
    "1706724300.0",
    "1706724300000",
    "1706724300000000",
    "1706724300000000000",
  ])("%s is read", (text) => {
    expect(parseTime(text)).toBe(moment);
  });

  it("a date without a clock is midnight, and small numbers keep their order", () => {
    for (const day of ["2024-01-31", "31.01.2024"]) expect(parseTime(day)).toBe(Date.UTC(2024, 0, 31));
    expect(["0", "1", "2", "10"].map((text) => parseTime(text))).toEqual([0, 1000, 2000, 10_000]);
  });

  it.each([
    ["31/01/2024 18:05", "day-first"],
    ["31-1-2024, 18:05:00", "day-first"],
    ["31/01/2024 19:05 +01:00", "day-first"],
    ["31/01/24 18:05", "day-first"],
    ["31/01/2024 18h05", "day-first"],
    ["31/01/2024, 06:05:00 p.\u00a0m.", "day-first"],
    ["31-1-24, 18:05:00", "day-first"],
    ["1/31/24 6:05 PM", "month-first"],
    ["01/31/2024 18:05", "month-first"],
    ["1/31/2024 6:05 PM", "month-first"],
    ["1/31/2024, 6:05:00\u202fpm", "month-first"],
  ] as const)("%s is read %s, and in no other order", (text, order) => {
    expect(parseTime(text, order)).toBe(moment);
    expect(parseTime(text)).toBeUndefined();
    expect(parseTime(text, order === "day-first" ? "month-first" : "day-first")).toBeUndefined();
  });

  it("the 29th of February exists only in leap years", () => {
    expect(parseTime("2024-02-29")).toBe(Date.UTC(2024, 1, 29));
    expect(parseTime("2000-02-29")).toBe(Date.UTC(2000, 1, 29));
    expect(parseTime("29 Feb 2024")).toBe(Date.UTC(2024, 1, 29));
  });

  it("years of two digits are those from 1969 to 2068, as for strptime", async () => {
    const wanted = { "68": 2068, "00": 2000, "69": 1969, "99": 1999 };
    const years = await withDuckDb({}, (database) =>
      database.rows<{ text: string; time: number }>(
        `SELECT v AS text, ${timeSql("v", "day-first")} AS time FROM (VALUES ${Object.keys(wanted)
          .map((year) => `('31/01/${year}')`)
          .join(", ")}) rows(v)`,
      ),
    );
    for (const [year, whole] of Object.entries(wanted)) {
      const text = `31/01/${year}`;
      expect(parseTime(text, "day-first")).toBe(Date.UTC(whole, 0, 31));
      expect(years.find((row) => row.text === text)!.time).toBe(Date.UTC(whole, 0, 31));
    }
  });

  it("noon and midnight are twelve, and one digit is an hour", () => {
    const times = ["12:30 AM", "12:30 PM", "9:30", "9:30 PM"].map((clock) => `2024-01-31 ${clock}`);
    expect(times.map((text) => parseTime(text))).toEqual(
      [0, 12, 9, 21].map((hour) => Date.UTC(2024, 0, 31, hour, 30)),
    );
  });

  it.each([
    "",
    " ",
    "yesterday",
    "01/02/2024 18:05",
    "01.31.2024",
    "18:05",
    "2024-02-31",
    "2024-02-30 18:05",
    "2023-02-29",
    "1900-02-29",
    "2024-04-31T10:00:00Z",
    "2024-00-10",
    "2024-01-00",
    "31.02.2024",
    "31.02.24",
    "2024/2/30",
    "30 Feb 2024",
    "31 June 2024, 18:05",
    "31/Jun/2024:18:05:00 +0000",
    "31/Foo/2024:18:05:00 +0000",
    "31 Feb 2024 01:00:00 -0500",
    "31.01.202",
    "31.01.240",
    "20240231 18:05",
    "2024-01-31 13:05 PM",
    "2024-01-31 0:05 AM",
    "2024-13-01",
    "12a",
    "31 Foo 2024",
    "99999999999999999999999999",
  ])("%j is not a time", (text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  it.each([
    ["TIMESTAMP '2024-01-31 18:05:00'", moment],
    ["TIMESTAMPTZ '2024-01-31 19:05:00+01'", moment],
    ["DATE '2024-01-31'", Date.UTC(2024, 0, 31)],
    ["1706724300", moment],
    ["1706724300000::HUGEINT", moment],
    ["'2024-01-31T18:05:00Z'", moment],
    ["'2024-01-31T19:05:00+01:00'", moment],
    ["7", 7000],
    ["'31 Jan 2024, 18:05'", moment],
    ["'31 January 2024 18:05:00'", moment],
    ["'31/Jan/2024:18:05:00 +0000'", moment],
    ["'31/Jan/2024:16:35:00 -0130'", moment],
    ["'31/Jan/2024:18:05:00'", moment],
    ["'31/Jun/2024:18:05:00 +0000'", null],
    ["'31.01.2024 18:05'", moment],
    ["'31.1.2024, 18:05:00'", moment],
    ["'31.01.2024 19:05:00+01:00'", moment],
    ["'2024-01-31 6:05 PM'", moment],
    ["'2024/1/31 18:05'", moment],
    ["'20240131 18:05'", moment],
    ["20240131180500", moment],
    ["20240131180500::DOUBLE", moment],
    ["'20240131T180500Z'", moment],
    ["'20249931180500'", null],
    ["'20240231 18:05'", null],
    ["'31.1.2024 6:05:00 pm'", moment],
    ["'31.01.24 18:05'", moment],
    ["'31.01.2024 18.05'", moment],
    ["'31.1.2024 18.05.00'", moment],
    ["'2024-01-31 18h05'", moment],
    ["'2024-01-31 6:05 p. m.'", moment],
    ["'31.01.2024 18.5'", null],
    ["'31.1.24, 6:05 PM'", moment],
    ["'2024-02-31'", null],
    ["'2023-02-29'", null],
    ["'31.02.24'", null],
    ["'30 Feb 2024'", null],
    ["'31.01.202'", null],
    ["'2024-01-31 13:05 PM'", null],
    ["'01/02/2024'", null],
    ["'01.31.2024'", null],
    ["'yesterday'", null],
    ["'99999999999999999999999999'", null],
    ["NULL", null],
  ])("from Parquet: %s", async (value, wanted) => {
    const { time } = await withDuckDb({}, (database) =>
      database.row<{ time: number | null }>(`SELECT ${timeSql("v")} AS time FROM (SELECT ${value} AS v)`),
    );
    expect(time).toBe(wanted);
  });
});

it("says how to write an hour of a broadcast day that ends after midnight", () => {
  for (const text of ["01.03.2024 24:10:05", "2024-03-01T25:10", "26:00", "01.03.2024 24.10"])
    expect(timeRemedy(text)).toMatch(/write 24:10 as 00:10 of the next day/);
  for (const text of ["01.03.2024 23:99", "24:5", "tomorrow"])
    expect(timeRemedy(text)).not.toMatch(/next day/);
});
