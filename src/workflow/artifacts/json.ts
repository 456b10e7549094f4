/**
 * Plain values as JSON that any language can read. JSON lacks NaN, infinities, -0 and dates; they are written as
 * `{"$number": "NaN"}` and `{"$date": "2026-01-31T…Z"}`, and restored when read. Anything else that JSON would silently change (a
 * Map becomes {}, a class instance loses its class, undefined in an array becomes null) is refused with its place. A key whose
 * value is undefined is left out, as usual in JSON.
 */
import { handleMark } from "./ref.js";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** @throws Error naming the place ("rows[3].model") and the kind of a value that JSON cannot hold. */
export function toJson(value: unknown): string {
  return JSON.stringify(plain(value, "", new Set()));
}

export function fromJson(text: string): unknown {
  return JSON.parse(text, (_key, value) => {
    if (typeof value !== "object" || value === null) return value;
    if (typeof value.$number === "string") return Number(value.$number);
    if (typeof value.$date === "string") return new Date(value.$date);
    if (typeof value.$plain === "string") return fromEntries(value.$plain);
    return value;
  });
}

/** Restores a `$plain` object. It is stored as entries, so that no intermediate object looks like a mark. */
function fromEntries(text: string): object {
  return Object.fromEntries(fromJson(text) as [string, unknown][]);
}

function plain(value: unknown, place: string, above: Set<object>): Json | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "undefined":
      return undefined;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $number: Object.is(value, -0) ? "-0" : String(value) };
    case "object":
      return value === null ? null : plainObject(value, place, above);
    default:
      throw unstorable(place, `a ${typeof value}`);
  }
}

function plainObject(value: object, place: string, above: Set<object>): Json {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw unstorable(place, "an invalid date");
    return { $date: value.toISOString() };
  }
  if (handleMark in value) throw unstorable(place, `a ${value[handleMark]}`);
  if (above.has(value)) throw unstorable(place, "an object that contains itself");
  above.add(value);
  try {
    if (
      Object.getOwnPropertySymbols(value).some((key) =>
        Object.prototype.propertyIsEnumerable.call(value, key),
      )
    )
      throw unstorable(place, "an object with a symbol for a key");
    if (Array.isArray(value)) return plainArray(value, place, above);
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      throw unstorable(place, `a ${prototype.constructor?.name ?? "class instance"}`);
    }
    const entries: [string, Json][] = [];
    for (const [key, item] of Object.entries(value)) {
      const stored = plain(item, place === "" ? key : `${place}.${key}`, above);
      if (stored !== undefined) entries.push([key, stored]);
    }
    // An object that happens to look like one of these marks is wrapped, so that it is restored unchanged.
    return entries.some(([key]) => key === "$number" || key === "$date" || key === "$plain")
      ? { $plain: JSON.stringify(entries) }
      : Object.fromEntries(entries);
  } finally {
    above.delete(value);
  }
}

function plainArray(array: readonly unknown[], place: string, above: Set<object>): Json[] {
  const kind = array.constructor?.name;
  if (kind !== undefined && kind !== "Array") throw unstorable(place, `a ${kind}`);
  // Array.from, unlike map, also visits holes.
  const copy = Array.from(array, (item, i) => {
    const stored = plain(item, `${place}[${i}]`, above);
    if (stored === undefined) throw unstorable(`${place}[${i}]`, "undefined (use null)");
    return stored;
  });
  const extra = Object.keys(array)[array.length];
  if (extra !== undefined) throw unstorable(place, `an array with an extra property, "${extra}"`);
  return copy;
}

function unstorable(place: string, what: string): Error {
  return new Error(`${place === "" ? "it is" : `its ${place} is`} ${what}`);
}
