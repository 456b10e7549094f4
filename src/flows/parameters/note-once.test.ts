import { expect, it, vi } from "vitest";
import { flowOrder } from "../index.js";

it("notes what has no effect once, although a command checks parameters twice", async () => {
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  const given = { primary: { ratio: 0.5 }, modeling: { epochs: [5], grid: [{ recommender: "vstan" }] } };
  for (const { name, parameters, check } of [...flowOrder, ...flowOrder]) {
    const own = (given as Record<string, object>)[name] ?? {
      ...(name === "deployment" && { bucket: "s3://b" }),
    };
    if (name !== "intermediate") await check?.(parameters.parse(own) as never, "local");
  }
  expect(printed.mock.calls.map(([note]) => String(note).split("\n")[0])).toEqual([
    expect.stringMatching(/^note: ratio has no effect/),
    expect.stringMatching(/^note: epochs has no effect/),
    expect.stringMatching(/^note: bucket has no effect/),
  ]);
  printed.mockRestore();
});
