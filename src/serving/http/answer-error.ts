/** Answers requests with errors. */
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { SegueError } from "../../system/index.js";
import { type ErrorBody, HttpError } from "./http-error.js";
import { requestIdHeader } from "./request-id.js";

const issuesShown = 10;

const codes: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "body-too-large",
  FST_ERR_CTP_EMPTY_JSON_BODY: "empty-body",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported-media-type",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "wrong-content-length",
  FST_ERR_BAD_URL: "bad-url",
  NOT_UTF8: "not-json",
  OTHER_TYPE: "unsupported-media-type",
};

const hints: Readonly<Record<string, string>> = {
  "body-too-large": "send less at once, or start the endpoint with a larger --body-limit",
  "unsupported-media-type": "send the header Content-Type: application/json",
  "empty-body": "send a JSON object",
  "not-json": "send one JSON object, in UTF-8",
};

/** The status and body for an error. A 5xx reveals no internals, unless it was thrown as an `HttpError`. */
export function describe(error: unknown): { status: number; body: ErrorBody } {
  if (error instanceof HttpError) return { status: error.status, body: error.body };
  if (hasZodFastifySchemaValidationErrors(error))
    return { status: 400, body: invalid(error as FastifyError) };
  if (error instanceof SegueError && error.code === "misuse") {
    return { status: 400, body: { error: error.message, code: "misuse", hint: error.hint } };
  }
  const { statusCode: status, code = "", message } = error as FastifyError;
  if (typeof status === "number" && status >= 400 && status < 500) {
    const word = codes[code] ?? (error instanceof SyntaxError ? "not-json" : "bad-request");
    return { status, body: { error: message, code: word, ...(hints[word] ? { hint: hints[word] } : {}) } };
  }
  return {
    status: 500,
    body: { error: "the endpoint failed to answer; its log says why", code: "internal" },
  };
}

function invalid(error: FastifyError): ErrorBody {
  const all = (error.validation ?? []).map((issue) => ({
    at: fieldAt(error.validationContext ?? "body", issue.instancePath),
    message: issue.message ?? "invalid",
  }));
  const first = all[0]!;
  const more = all.length > 1 ? ` (and ${all.length - 1} more)` : "";
  return {
    error: `${first.at}: ${first.message}${more}`,
    code: "invalid-request",
    issues: all.slice(0, issuesShown),
  };
}

/** "/instances/0" of a body → "instances[0]". */
function fieldAt(where: string, path: string): string {
  const parts = path.split("/").filter((part) => part !== "");
  if (parts.length === 0) return where;
  return parts.reduce(
    (at, part) => (/^\d+$/.test(part) ? `${at}[${part}]` : at === "" ? part : `${at}.${part}`),
    "",
  );
}

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, body } = describe(error);
  // A refusal (503) is not a failure: there may be thousands per second, and metrics count them.
  if (status >= 500 && status !== 503)
    request.log.error(error instanceof HttpError ? { reason: body.error } : { err: error }, "request failed");
  if (status === 429 || status === 503) reply.header("retry-after", "1");
  void reply
    .code(status)
    // Here too, since a malformed URL is answered before any hook.
    .header(requestIdHeader, request.id)
    .type("application/json; charset=utf-8")
    .send(JSON.stringify({ ...body, request_id: request.id }));
}

/**
 * Answers requests that match no route: 405 if the path accepts other methods, else 404.
 *
 * @param methodsOf the methods that a path accepts
 * @param hint says where the routes are documented, if anywhere
 */
export function answerNotFound(methodsOf: (path: string) => readonly string[], hint: string | undefined) {
  return (request: FastifyRequest, reply: FastifyReply): void => {
    const { method, url } = request;
    const path = url.split("?", 1)[0]!;
    const shown = path.slice(0, 200);
    const allowed = methodsOf(path);
    if (allowed.length > 0) {
      const allow = allowed.join(", ");
      reply.header("allow", allow);
      const error = `${shown} takes ${allow}, not ${method}`;
      answerError(new HttpError(405, { error, code: "method-not-allowed", hint }), request, reply);
    } else {
      const error = `there is no ${method} ${shown} here`;
      answerError(new HttpError(404, { error, code: "no-such-route", hint }), request, reply);
    }
  };
}
