import { expect, it, vi } from "vitest";
import { SegueError } from "../../system/index.js";
import { reportError } from "./report-error.js";

it("prints names in a message without what would act on the terminal", () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  reportError(new SegueError("there is no artist \x1b[2J\u202e", { hint: "try \x9b1A\nor not" }));
  const said = write.mock.calls.map(([text]) => text).join("");
  write.mockRestore();
  expect(said).toBe("error: there is no artist \\u001b[2J\\u202e\n  → try \\u009b1A\n  → or not\n");
});
