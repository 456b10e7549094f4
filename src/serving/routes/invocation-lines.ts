/**
 * Bodies of `/invocations` with one instance per line, as SageMaker's clients and batch transforms send them: JSON lines and CSV.
 * They are converted to the row form; an error names the line.
 */
import { z } from "zod";
import { messageOf } from "../../system/index.js";
import { instance, invocationsRequest, mostInstances } from "../schemas.js";

type Request = z.output<typeof invocationsRequest>;

interface Line {
  /** "line 3" */
  readonly at: string;
  readonly text: string;
}

export const jsonLinesRequest = z
  .string()
  .meta({
    description: `One instance of the row form a line, 1 to ${mostInstances}`,
    example: '"Daft Punk-One More Time"\n{"input_1": "Justice-D.A.N.C.E."}\n',
  })
  .transform((body, context): Request => {
    const lines = linesOf(body, context);
    const values = lines.map((line) => jsonOf(line, context));
    const [only] = values;
    // SageMaker's own container also accepts a whole request on a single line.
    if (values.length === 1 && isWhole(only)) return checked(invocationsRequest, only, lines[0]!, context);
    return { instances: lines.map((line, i) => checked(instance, values[i], line, context)) };
  });

export const csvRequest = z
  .string()
  .meta({
    description: `One track a line, 1 to ${mostInstances}, without a header; in quotes where it has a comma`,
    example: 'Daft Punk-One More Time\n"Earth, Wind & Fire-September"\n',
  })
  .transform((body, context): Request => {
    const lines = linesOf(body, context);
    return { instances: lines.map((line) => checked(instance, trackOf(line, context), line, context)) };
  });

/** The lines that are not empty. */
function linesOf(body: string, context: z.RefinementCtx): Line[] {
  const lines = body
    .replace(/^\ufeff/, "")
    .split("\n")
    .map((line, i) => ({ at: `line ${i + 1}`, text: line.trim() }))
    .filter(({ text }) => text !== "");
  if (lines.length > 0 && lines.length <= mostInstances) return lines;
  const more = lines.length > 0 ? ": send them in several requests" : "";
  const message = `must have 1 to ${mostInstances} non-empty lines, got ${lines.length}${more}`;
  context.addIssue({ code: "custom", message });
  return [];
}

function jsonOf({ at, text }: Line, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue({ code: "custom", path: [at], message: `is not JSON: ${messageOf(error)}` });
    return z.NEVER;
  }
}

function isWhole(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("instances" in value || "inputs" in value);
}

function trackOf({ at, text }: Line, context: z.RefinementCtx): string {
  const quoted = /^"((?:[^"]|"")*)"$/.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replaceAll('""', '"');
  if (!text.startsWith('"') && !text.includes(",")) return text;
  const message =
    'must be one track, in quotes if it has a comma: "Earth, Wind & Fire-September"; quotes within are doubled';
  context.addIssue({ code: "custom", path: [at], message });
  return z.NEVER;
}

/** @returns the parsed value; if it is wrong, adds issues that name the line to `context` */
function checked<Value>(
  schema: z.ZodType<Value>,
  value: unknown,
  { at }: Line,
  context: z.RefinementCtx,
): Value {
  // A line that could not be parsed already has its issue.
  if (value === z.NEVER) return z.NEVER;
  const { data, error } = schema.safeParse(value);
  for (const { path, message } of error?.issues ?? [])
    context.addIssue({ code: "custom", path: [at, ...path], message });
  return data ?? z.NEVER;
}
