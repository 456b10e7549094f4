import { expect, it } from "vitest";
import { loadNative } from "./native.js";

it("says how to get native code that is missing", async () => {
  await expect(loadNative("DuckDB", () => import("node:no-such-module" as string))).rejects.toMatchObject({
    name: "SegueError",
    code: "not-installed",
    message: expect.stringMatching(/^DuckDB cannot be loaded on \w+-\w+: [^\n]+$/),
    hint: expect.stringContaining("optional dependencies"),
  });
});

it("loads what is there", async () => {
  expect(await loadNative("DuckDB", async () => 1)).toBe(1);
});
