import { afterEach, expect, it, vi } from "vitest";
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

const wanted: Prediction = { output_1: [1000, 2, 2, 1], output_2: ["A", "B", "C", "D"] };
it.each<[string, number[], string[], string | undefined]>([
  ["the same", [1000, 2, 2, 1], ["A", "B", "C", "D"], undefined],
  ["other last digits", [1000.0005, 2, 2, 1.0000005], ["A", "B", "C", "D"], undefined],
  [
    "another score",
    [1000.005, 2, 2, 1],
    ["A", "B", "C", "D"],
    "the score at place 1 is 1000.005 instead of 1000",
  ],
  [
    "another small score",
    [1000, 2, 2, 1.00001],
    ["A", "B", "C", "D"],
    "the score at place 4 is 1.00001 instead of 1",
  ],
  ["a tie in another order", [1000, 2, 2, 1], ["A", "C", "B", "D"], undefined],
  [
    "another score of such a tie",
    [1000, 7, 7, 1],
    ["A", "C", "B", "D"],
    "the score at place 2 is 7 instead of 2",
  ],
  ["another order", [1000, 2, 2, 1], ["B", "A", "C", "D"], 'place 1 is "B" instead of "A"'],
  ["another track that ties with the last", [1000, 2, 2, 1], ["A", "B", "C", "E"], undefined],
  ["another track", [1000, 2, 2, 1], ["A", "E", "C", "D"], 'place 2 is "E" instead of "B"'],
  ["a track twice", [1000, 2, 2, 1], ["A", "B", "B", "D"], "it has a track twice"],
  ["fewer tracks", [1000, 2, 2], ["A", "B", "C"], "3 tracks instead of 4"],
])("compares ids, order and scores: %s", async (_, output_1, output_2, difference) => {
  const checked = checkAnswers({
    ...{ endpoint: "playlists", tracks: ["X"], unknownTrack: "Y", calls: 1 },
    expected: () => wanted,
    invoke: async () => [{ output_1, output_2 }],
  });
  if (difference === undefined) await expect(checked).resolves.toMatchObject({ compared: 1, k: 4 });
  else
    await expect(checked).rejects.toThrow(
      `the endpoint playlists answers "X" differently from its bundle: ${difference}`,
    );
});

afterEach(() => void vi.useRealTimers());
it("times each call, and tells the quantiles by nearest rank: of fifty the 25th and the last", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  let calls = 0;
  const invoke = async ([track]: readonly string[]) => {
    // The first two are compared, not timed.
    vi.advanceTimersByTime(calls < 2 ? 5000 : 51 - (calls - 1));
    calls++;
    return [expected(track!)];
  };
  const { latency } = await checkAnswers({ ...check, calls: 50, invoke });
  expect(latency).toEqual({ calls: 50, p50: expect.closeTo(25, 6), p99: expect.closeTo(50, 6) });
});
