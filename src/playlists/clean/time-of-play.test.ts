import { describe, expect, it } from "vitest";
import { withDuckDb } from "../../system/index.js";
import { parseTime, timeSql } from "./time-of-play.js";

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
    "31.1.2024, 18:05:00",
    "31.01.2024 19:05:00 +01:00",
    "31 January 2024 18:05:00",
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

  it("a day alone begins at midnight, and small numbers keep their order", () => {
    for (const day of ["2024-01-31", "31.01.2024"]) expect(parseTime(day)).toBe(Date.UTC(2024, 0, 31));
    expect(["0", "1", "2", "10"].map((text) => parseTime(text))).toEqual([0, 1000, 2000, 10_000]);
  });

  it.each([
    ["31/01/2024 18:05", "day-first"],
    ["31-1-2024, 18:05:00", "day-first"],
    ["31/01/2024 19:05 +01:00", "day-first"],
    ["01/31/2024 18:05", "month-first"],
    ["1/31/2024 6:05 PM", "month-first"],
    ["1/31/2024, 6:05:00\u202fpm", "month-first"],
  ] as const)("%s is read %s, and in no other order", (text, order) => {
    expect(parseTime(text, order)).toBe(moment);
    expect(parseTime(text)).toBeUndefined();
    expect(parseTime(text, order === "day-first" ? "month-first" : "day-first")).toBeUndefined();
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
    "31.01.24",
    "18:05",
    "2024-01-31 13:05 PM",
    "2024-01-31 0:05 AM",
    "2024-13-01",
    "12a",
    "31 Foo 2024",
    "99999999999999999999999999",
  ])("%j is no time", (text) => {
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
    ["'31.01.2024 18:05'", moment],
    ["'31.1.2024, 18:05:00'", moment],
    ["'31.01.2024 19:05:00+01:00'", moment],
    ["'2024-01-31 6:05 PM'", moment],
    ["'2024/1/31 18:05'", moment],
    ["'31.1.2024 6:05:00 pm'", moment],
    ["'2024-01-31 13:05 PM'", null],
    ["'01/02/2024'", null],
    ["'01.31.2024'", null],
    ["'31.01.24'", null],
    ["'yesterday'", null],
    ["'99999999999999999999999999'", null],
    ["NULL", null],
  ])("of Parquet: %s", async (value, wanted) => {
    const { time } = await withDuckDb({}, (database) =>
      database.row<{ time: number | null }>(`SELECT ${timeSql("v")} AS time FROM (SELECT ${value} AS v)`),
    );
    expect(time).toBe(wanted);
  });
});
