import { expect, it } from "vitest";
import { messageOf } from "./errors.js";

it.each([
  [new Error("it went wrong"), "it went wrong"],
  [{ message: "from elsewhere", code: 1 }, "from elsewhere"],
  ["a text", "a text"],
  [undefined, "undefined"],
  [null, "null"],
  [{ code: 5 }, "{ code: 5 }"],
  [{ code: 5, list: [1, { a: "x" }] }, "{ code: 5, list: [ 1, { a: 'x' } ] }"],
])("gives a message for any thrown value: %o", (thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});
