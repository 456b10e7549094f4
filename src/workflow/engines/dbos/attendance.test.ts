import { expect, it } from "vitest";
import { Attendance } from "./attendance.js";

it("says once that there is no worker, that one is back, and again that it has left; likewise of the database", () => {
  const said: string[] = [];
  const attendance = new Attendance((line) => said.push(line), "postgres://db/segue", 0);
  const at = (seconds: number, workers: number | undefined) => {
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
  const away = "the database at postgres://db/segue does not answer, so the run waits for it";
  expect(at(72, undefined)).toEqual([]);
  expect(at(77, undefined)).toEqual([away]);
  // The workers, too, need a moment to return.
  expect(at(78, 0)).toEqual([]);
  expect(at(79, 1)).toEqual(["the database answers again: the run continues"]);
});
