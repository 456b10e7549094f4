import { expect, it } from "vitest";
import { SegueError } from "../system/index.js";
import { checkAnswers, type Prediction } from "./check.js";

const known: Prediction = { output_1: [0.9, 0.8], output_2: ["B-Two", "C-Three"] };
const popular: Prediction = { output_1: [5, 4], output_2: ["A-One", "B-Two"] };
const expected = (track: string) => (track === "A-One" ? known : popular);
const check = { endpoint: "playlists", expected, tracks: ["A-One"], calls: 1 };

it("compares the answer for the unknown track too", async () => {
  const invoke = async ([track]: readonly string[]) => [expected(track!)];
  await expect(checkAnswers({ ...check, invoke })).resolves.toMatchObject({ unknown: { answered: 2 } });
  await expect(
    checkAnswers({ ...check, invoke: async () => [known], unknownTrack: "Nobody-X" }),
  ).rejects.toMatchObject({
    code: "check-failed",
    message: expect.stringContaining('answers "Nobody-X" differently from its bundle'),
  });
});

it("says what to do about a call that failed", async () => {
  const invoke = () => Promise.reject(new SegueError("it answered 500", { hint: "its log says why" }));
  await expect(checkAnswers({ ...check, invoke })).rejects.toMatchObject({
    message: 'the endpoint playlists did not answer for "A-One": it answered 500',
    hint: "its log says why",
  });
});
