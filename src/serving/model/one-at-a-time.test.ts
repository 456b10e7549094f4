import { expect, it } from "vitest";
import { oneAtATime } from "./one-at-a-time.js";

it("runs one at a time, and once for all requests made meanwhile, even after a failure", async () => {
  const ends: Array<(fails?: Error) => void> = [];
  const ask = oneAtATime(
    () =>
      new Promise<number>((resolve, reject) => {
        const number = ends.length + 1;
        ends.push((error) => (error ? reject(error) : resolve(number)));
      }),
  );
  const first = ask();
  const others = [ask(), ask(), ask()];
  expect(ends).toHaveLength(1);
  ends[0]!(new Error("damaged"));
  await expect(first).rejects.toThrow("damaged");
  await expect.poll(() => ends.length).toBe(2);
  const later = ask();
  ends[1]!();
  expect(await Promise.all(others)).toEqual([2, 2, 2]);
  await expect.poll(() => ends.length).toBe(3);
  ends[2]!();
  expect(await later).toBe(3);
});
