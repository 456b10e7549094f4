import { expect, it } from "vitest";
import { Places } from "./places.js";

const never = new AbortController().signal;

it("admits as many tasks as slots and memory allow", () => {
  const places = new Places(4, 1000);
  const two = places.tryTake({ cpus: 2 });
  expect(two).toBeDefined();
  expect(places.tryTake({ cpus: 3 })).toBeUndefined();
  expect(places.tryTake({ memory: 900 })).toBeDefined();
  expect(places.tryTake({ memory: 200 })).toBeUndefined();
  two!();
  // To give back twice is to give back once.
  two!();
  expect(places.tryTake({ cpus: 3 })).toBeDefined();
  expect(places.tryTake(undefined)).toBeUndefined();
});

it("gives everything to a task that requests more than there is, and says so", () => {
  const places = new Places(2, 1000);
  const all = places.tryTake({ cpus: 8, memory: 5000 });
  expect(places.tryTake(undefined)).toBeUndefined();
  all!();
  expect(places.tryTake(undefined)).toBeDefined();
  expect(places.excess("train", { cpus: 8, memory: 5000 })).toBe(
    'step "train" requests 8 slots (of 2) and 5000 MiB (of 1000): its tasks run one at a time here',
  );
  expect(places.excess("train", { cpus: 2 })).toBeUndefined();
});

it("serves waiting tasks in order", async () => {
  const places = new Places(2, 1000);
  const order: string[] = [];
  const first = await places.take(undefined, never);
  const big = places.take({ cpus: 2 }, never).then((back) => {
    order.push("big");
    back();
  });
  // One place is free, but the big one came first.
  const small = places.take(undefined, never).then(() => order.push("small"));
  expect(places.tryTake(undefined)).toBeUndefined();
  const controller = new AbortController();
  const stopped = places.take(undefined, controller.signal);
  controller.abort();
  await expect(stopped).rejects.toThrow();
  expect(order).toEqual([]);
  first();
  await Promise.all([big, small]);
  expect(order).toEqual(["big", "small"]);
});

it("passes over a task that waits no more", async () => {
  const places = new Places(2, 1000);
  const first = await places.take(undefined, never);
  const stop = new AbortController();
  const big = places.take({ cpus: 2 }, stop.signal);
  // It has to wait behind the big one, though a place is free.
  const small = places.take(undefined, never);
  stop.abort();
  await expect(big).rejects.toThrow();
  const second = await small;
  expect(places.tryTake(undefined)).toBeUndefined();
  first();
  second();
  expect(places.tryTake({ cpus: 2 })).toBeDefined();
});
