/** Converts text values, from flags and files, to what a schema takes. */
import { z } from "zod";

/** The schema within its defaults, optionals and nullables. */
export function innerType(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodNullable ||
    inner instanceof z.ZodPrefault
  )
    inner = inner.unwrap() as z.ZodType;
  return inner;
}

/** Converts text to what the schema takes, if possible; returns anything else unchanged. */
export function fromText(schema: z.ZodType, value: unknown): unknown {
  const inner = innerType(schema);
  if (inner instanceof z.ZodArray && Array.isArray(value))
    return value.map((each) => fromText(inner.element as z.ZodType, each));
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (text === "null" && schema.safeParse(null).success && !schema.safeParse(text).success) return null;
  if (inner instanceof z.ZodNumber)
    return text !== "" && Number.isFinite(Number(text)) ? Number(text) : value;
  if (inner instanceof z.ZodBoolean) {
    if (/^(true|yes|on|1)$/i.test(text)) return true;
    if (/^(false|no|off|0)$/i.test(text)) return false;
    return value;
  }
  if (inner instanceof z.ZodPipe && !(inner.in instanceof z.ZodTransform))
    return fromText(inner.in as z.ZodType, value);
  if (inner instanceof z.ZodArray) {
    if (text === "") return [];
    if (text.startsWith("[")) return parsedJson(text) ?? value;
    // A list of objects can only be written as JSON.
    if (innerType(inner.element as z.ZodType) instanceof z.ZodObject) return value;
    return text.split(",").map((each) => fromText(inner.element as z.ZodType, each.trim()));
  }
  if (inner instanceof z.ZodDate) return dateFrom(text) ?? value;
  if (inner instanceof z.ZodString || inner instanceof z.ZodEnum) return value;
  if (inner instanceof z.ZodUnion) {
    for (const option of inner.options as z.ZodType[]) {
      const tried = fromText(option, value);
      if (option.safeParse(tried).success) return tried;
    }
    return value;
  }
  return parsedJson(text) ?? value;
}

/** A day or a time in ISO 8601; undefined if it is not one, or does not exist, such as February 31. */
function dateFrom(text: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text)) return undefined;
  const day = new Date(text.slice(0, 10));
  const moment = new Date(text);
  const isThere = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10));
  return isThere && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
