/** Validates requests with their zod schemas, and refuses far too long lists before looking at their items. */
import { validatorCompiler as zodValidator } from "fastify-type-provider-zod";
import { HttpError } from "./http-error.js";

/** No route accepts a longer list. Without this check each item of a long list could get its own issue. */
const longestList = 10_000;

export const validatorCompiler: typeof zodValidator = (route) => {
  const validate = zodValidator(route);
  return (data: unknown) => {
    const long = longList(data, "", 3);
    if (long === undefined) return validate(data);
    const error = `${long.at}: a list of ${long.length}; no request takes more than ${longestList}`;
    return { error: new HttpError(400, { error, code: "invalid-request" }) };
  };
};

function longList(data: unknown, at: string, depth: number): { at: string; length: number } | undefined {
  if (typeof data !== "object" || data === null || depth === 0) return undefined;
  if (Array.isArray(data)) {
    return data.length > longestList ? { at: at || "body", length: data.length } : undefined;
  }
  for (const [name, value] of Object.entries(data)) {
    const found = longList(value, at === "" ? name : `${at}.${name}`, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
