import { describe, expect, it } from "vitest";
import { errorData, errorFrom } from "./error-data.js";
import { misuse, SegueError } from "./errors.js";

describe("an error as plain data", () => {
  const sent = (error: unknown) => errorFrom(JSON.parse(JSON.stringify(errorData(error))));

  it.each([
    misuse("two columns could be it", "say which"),
    new SegueError("the disk is full"),
    new SegueError("no such track", { code: "unknown-track", exitCode: 1 }),
  ])("keeps all fields of %s", (error) => {
    const { message, hint, code, exitCode } = error;
    const back = sent(error);
    expect(back).toBeInstanceOf(SegueError);
    expect(back).toMatchObject({ message, hint, code, exitCode });
  });

  it("recognises a SegueError of another copy of the package", () => {
    const other = Object.assign(new Error("wrong"), { name: "SegueError", hint: "so", exitCode: 2 });
    expect(errorData(other)).toEqual({ message: "wrong", hint: "so", exitCode: 2 });
  });

  it("keeps only the message of anything else", () => {
    expect(errorData(Object.assign(new Error("no"), { code: "ENOENT", exitCode: 2 }))).toEqual({
      message: "no",
    });
    expect(errorData("a word")).toEqual({ message: "a word" });
    expect(sent(new Error("no"))).toMatchObject({ message: "no", exitCode: 1 });
  });
});
