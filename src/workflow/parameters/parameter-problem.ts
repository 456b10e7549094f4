/** Turns the issues of a schema into messages. */
import type { z } from "zod";
import { asWritten } from "../../system/index.js";
import { flagName } from "./flag-name.js";

/** One of zod's issues as a sentence that names the flag and the value. */
export function problem(issue: z.core.$ZodIssue, values: Readonly<Record<string, unknown>>): string {
  const [first, ...rest] = issue.path;
  const name =
    first === undefined
      ? "the parameters"
      : flagName(String(first)) + rest.map((key) => `[${String(key)}]`).join("");
  let at: unknown = values;
  for (const key of issue.path) at = (at as Record<PropertyKey, unknown> | undefined)?.[key];
  if (issue.code === "invalid_type" && at === undefined) return `${name} is required`;
  const got = at === undefined ? "nothing" : asWritten(at);
  const wanted = demand(issue);
  if (wanted !== undefined) return `${name} ${wanted}, got ${got}`;
  return `${name}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}, got ${got}`;
}

const kinds: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  string: "text",
  object: "an object",
  record: "an object",
  tuple: "a list",
  date: "a date such as 2026-01-31 or 2026-01-31T09:05:07Z",
};

/** What zod expected: "must be at least 1"; undefined if only its own message says. */
function demand(issue: z.core.$ZodIssue): string | undefined {
  switch (issue.code) {
    case "too_small":
      if (issue.origin === "array" || issue.origin === "string")
        return `must have at least ${issue.minimum} ${issue.origin === "array" ? "items" : "characters"}`;
      return `must be ${issue.inclusive ? "at least" : "more than"} ${bound(issue)(issue.minimum)}`;
    case "too_big":
      if (issue.origin === "array" || issue.origin === "string")
        return `must have at most ${issue.maximum} ${issue.origin === "array" ? "items" : "characters"}`;
      return `must be ${issue.inclusive ? "at most" : "less than"} ${bound(issue)(issue.maximum)}`;
    case "invalid_type":
      return `must be ${kinds[issue.expected] ?? `a ${issue.expected}`}`;
    case "invalid_value": {
      // "" is a default that means none.
      const values = issue.values.filter((value) => value !== "");
      return `must be ${values.length > 1 ? "one of " : ""}${values.join(", ")}`;
    }
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "invalid_union":
      return anyOf(issue.errors);
    default:
      return undefined;
  }
}

/** Zod gives the bound of a date in milliseconds. */
const bound = (issue: { readonly origin: string }) => (value: number | bigint) =>
  issue.origin === "date" ? new Date(Number(value)).toISOString() : String(value);

/** What the options of a union expect, each by its first issue. */
function anyOf(options: ReadonlyArray<readonly z.core.$ZodIssue[]>): string | undefined {
  const demands = options.map(([first]) =>
    first === undefined || first.path.length > 0 ? undefined : demand(first)?.replace(/^must be /, ""),
  );
  return demands.length === 0 || demands.includes(undefined)
    ? undefined
    : `must be ${[...new Set(demands)].join(", or ")}`;
}
