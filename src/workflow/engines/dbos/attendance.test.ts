import { expect, it } from "vitest";
import type { SegueError } from "../../../system/index.js";
import { Attendance } from "./attendance.js";
import { databaseError } from "./database.js";

it("says once that there is no worker, that one is back, and again that it has left; likewise of the database", () => {
  const said: string[] = [];
  const attendance = new Attendance((line) => said.push(line), 0);
  const at = (seconds: number, workers: number | SegueError) => {
    said.length = 0;
    attendance.note(workers, 1000 * seconds);
    return [...said];
  };
  const missing = "no worker serves this queue, so the run waits: start one with `segue worker`";
  expect(at(4.9, 0)).toEqual([]);
  expect(at(5, 0)).toEqual([missing]);
  expect(at(60, 0)).toEqual([]);
  expect(at(61, 2)).toEqual(["a worker has joined the queue: the run continues"]);
  expect(at(62, 1)).toEqual([]);
  // Not after a moment without one.
  expect(at(66, 0)).toEqual([]);
  expect(at(66.5, 1)).toEqual([]);
  expect(at(71, 0)).toEqual([]);
  expect(at(71.5, 0)).toEqual([missing]);
  const failed = (why: string) => databaseError(new Error(why), "postgres://me:secret@db/segue");
  const away = (why: string) =>
    `cannot use the database at postgres://me:…@db/segue: ${why}; the run waits until it can`;
  expect(at(72, failed("ECONNREFUSED"))).toEqual([]);
  expect(at(77, failed("ECONNREFUSED"))).toEqual([away("ECONNREFUSED")]);
  // It is there again, but for another reason of no use.
  expect(at(78, failed("password authentication failed"))).toEqual([]);
  expect(at(79, failed("password authentication failed"))).toEqual([away("password authentication failed")]);
  expect(at(80, failed("password authentication failed"))).toEqual([]);
  // The workers, too, need a moment to return.
  expect(at(81, 0)).toEqual([]);
  expect(at(82, 1)).toEqual(["the database can be used again: the run continues"]);
});
