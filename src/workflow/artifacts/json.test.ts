import { describe, expect, it } from "vitest";
import { file } from "./file.js";
import { fromJson, toJson } from "./json.js";
import { table } from "./table.js";

const again = (value: unknown) => fromJson(toJson(value));

class Point {
  x = 1;
}
class List extends Array {}

describe("plain values", () => {
  it("are restored unchanged, including values that JSON lacks", () => {
    const value = {
      n: [Number.NaN, -0, Number.POSITIVE_INFINITY],
      d: new Date(5),
      $date: "x",
      a: [[], [null]],
    };
    expect(again(value)).toStrictEqual(value);
  });

  it("may have any text as a key", () => {
    const value = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}');
    const back = again({ inner: value }) as { inner: object };
    expect(Object.entries(back.inner)).toEqual([
      ["__proto__", { x: 1 }],
      ["constructor", 2],
    ]);
    const marked = JSON.parse('{"__proto__": 3, "$number": "5"}');
    expect(Object.entries(again(marked) as object)).toEqual(Object.entries(marked));
  });

  it("leave out keys without a value, as JSON does", () => {
    expect(again({ u: undefined, v: 1 })).toStrictEqual({ v: 1 });
  });

  it.each([
    [{ list: [undefined, 1] }, "its list[0] is undefined (use null)"],
    // biome-ignore lint/suspicious/noSparseArray: that is what is tried.
    [{ list: [1, , 2] }, "its list[1] is undefined (use null)"],
    [{ a: { [Symbol("s")]: 1 } }, "its a is an object with a symbol for a key"],
    [{ a: Object.assign([1], { note: "x" }) }, 'its a is an array with an extra property, "note"'],
    [{ a: new List() }, "its a is a List"],
    [{ a: [new Point()] }, "its a[0] is a Point"],
    [{ a: new Map() }, "its a is a Map"],
    [{ models: [file(".")] }, "its models[0] is a file"],
    [{ ranking: table([{ a: 1 }]) }, "its ranking is a table"],
    [{ when: new Date("never") }, "its when is an invalid date"],
    [Uint8ClampedArray.of(1), "it is a Uint8ClampedArray"],
  ])("are refused with their place if JSON would change them: %o", (value, message) => {
    expect(() => toJson(value)).toThrow(message);
  });
});
