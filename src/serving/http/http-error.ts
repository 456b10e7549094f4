/**
 * Error answers. Each is one JSON object with `error` (what is wrong; the field that TensorFlow Serving uses), `code` (a stable word),
 * `request_id`, and optionally `hint` and `issues` (which field, and what is wrong with it).
 */
import type { IncomingMessage } from "node:http";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { requireWithin, SegueError, thingWith, wholeNumber } from "../../system/index.js";
import { requestIdHeader } from "./request-id.js";

export interface ErrorBody {
  readonly error: string;
  readonly code: string;
  readonly hint?: string;
  readonly issues?: ReadonlyArray<{ readonly at: string; readonly message: string }>;
}

/** An error with the status and body to answer with. */
export class HttpError extends Error {
  readonly status: number;
  readonly body: ErrorBody;

  /** @throws SegueError (misuse) if the status is not 400 to 599, or the body has no `error` or `code` */
  constructor(status: number, body: ErrorBody) {
    requireWithin(wholeNumber(400, 599), "status", status);
    requireWithin(thingWith('an object such as { error: "…", code: "…" }', "error", "code"), "body", body);
    super(body.error);
    this.status = status;
    this.body = body;
  }
}

/** For requests that were not answered before the endpoint stopped. */
export function cutOff(): HttpError {
  return new HttpError(503, { error: "the endpoint stopped before it could answer", code: "stopping" });
}

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

/** Refuses compressed bodies, which would otherwise be reported as bad JSON. */
export async function refuseEncodedBodies(request: FastifyRequest): Promise<void> {
  const encoding = request.headers["content-encoding"];
  if (encoding === undefined || encoding === "identity") return;
  throw new HttpError(415, {
    error: `bodies with Content-Encoding ${encoding.slice(0, 50)} are not accepted`,
    code: "unsupported-encoding",
    hint: "send the body uncompressed, without the header Content-Encoding",
  });
}

/** Refuses expectations other than 100-continue, which Node would answer by itself, with an empty body. */
export function refuseExpectations(app: FastifyInstance): void {
  const unmet = new WeakSet<IncomingMessage>();
  app.server.on("checkExpectation", (request, response) => {
    unmet.add(request);
    app.server.emit("request", request, response);
  });
  app.addHook("onRequest", async ({ raw }) => {
    if (!unmet.has(raw)) return;
    throw new HttpError(417, {
      error: `the expectation "${raw.headers.expect!.slice(0, 50)}" cannot be met`,
      code: "expectation-failed",
      hint: "leave out the header Expect; only 100-continue is known here",
    });
  });
}

/** Refuses invalid percent-escapes, which would otherwise be searched for literally. */
export async function refuseBrokenEscapes(request: FastifyRequest): Promise<void> {
  const [, query = ""] = request.raw.url!.split("?", 2);
  try {
    decodeURIComponent(query);
  } catch {
    throw new HttpError(400, {
      error: "the query has a percent-escape that is not UTF-8",
      code: "bad-url",
      hint: "é is %C3%A9, and % itself is %25",
    });
  }
}

/** Refuses a query on routes that read only their body, rather than ignore it. */
export async function refuseQuery(request: FastifyRequest): Promise<void> {
  const [, query = ""] = request.raw.url!.split("?", 2);
  if (query === "") return;
  const [field = ""] = query.split(/[=&]/, 1);
  throw new HttpError(400, {
    error: `${request.method} ${request.routeOptions.url} takes no query string, got ?${query.slice(0, 100)}`,
    code: "unread-query",
    hint: /^\w{1,50}$/.test(field)
      ? `leave it out; a field such as "${field}" belongs in the JSON of the body`
      : "leave it out; fields belong in the JSON of the body",
  });
}
