import { expect, it } from "vitest";
import { type Death, lost, saysNoMemory } from "./lost.js";

const died = (how: Partial<Death>, others = 1) =>
  lost(
    7,
    { code: null, signal: null, lastWords: undefined, systemShortOfMemory: false, heldMb: 0, ...how },
    others,
  );

it("blames lack of memory for a SIGKILL only if the system has killed a process for it", () => {
  expect(died({ signal: "SIGKILL", systemShortOfMemory: true })).toEqual({
    kind: "lost",
    message:
      "its process (7) was killed by the system, most likely for lack of memory (SIGKILL), before the task was done",
    hint: "run fewer tasks at once: --max-workers 1",
    code: "out-of-memory",
    signal: "SIGKILL",
  });
  expect(died({ signal: "SIGKILL" })).toMatchObject({
    message: "its process (7) was killed by SIGKILL before the task was done",
    hint: "if it lacked memory: run fewer tasks at once: --max-workers 1",
  });
});

it("does not advise fewer tasks for one that ran alone, and says how much memory it held", () => {
  const { message, hint } = died({ signal: "SIGKILL", systemShortOfMemory: true, heldMb: 5120 }, 0);
  expect(message).toContain("(SIGKILL; it held 5120 MiB)");
  expect(hint).toMatch(/^no other task ran beside it: give the machine .* more memory than its \d+ MiB/);
});

it("says why a process could not be started", () => {
  const unborn = { code: -11, signal: null, lastWords: undefined, systemShortOfMemory: false, heldMb: 0 };
  expect(lost(undefined, unborn, 0)).toEqual({
    kind: "lost",
    message: "its process could not be started (EAGAIN)",
    hint: "raise the limit of processes (ulimit -u, or the container's)",
  });
});

it("does not blame memory for other ends of a process", () => {
  expect(died({ code: 3, systemShortOfMemory: true })).toEqual({
    kind: "lost",
    message: "its process (7) ended with exit code 3 before the task was done",
  });
  expect(died({ signal: "SIGABRT" })).toEqual({
    kind: "lost",
    message: "its process (7) was killed by SIGABRT before the task was done",
    signal: "SIGABRT",
  });
});

it.each([
  [
    "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
    /ran out of .*--max-old-space/,
  ],
  ["# Fatal process out of memory: Zone", /ran out of memory \(SIGABRT\).*--max-workers 1$/],
  ["terminate called after throwing an instance of 'std::bad_alloc'", /ran out of memory.*--max-workers 1$/],
])("recognises out-of-memory messages: %s", (lastWords, said) => {
  expect(saysNoMemory(lastWords)).toBe(true);
  const { message, hint } = died({ signal: "SIGABRT", lastWords });
  expect(`${message} ${hint}`).toMatch(said);
});

it("ignores what a step prints about memory", () => {
  expect(saysNoMemory("out of memory? no")).toBe(false);
  expect(saysNoMemory("Error: FATAL ERROR: heap out of memory")).toBe(false);
});
