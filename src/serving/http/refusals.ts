/** Refuses requests that would otherwise be misread, or get an answer that does not say what is wrong. */
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { HttpError } from "./http-error.js";

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

/** Refuses HTTP/1.1 requests without a Host, as Node would by itself, but with an answer that says so. */
export async function refuseNoHost({ raw }: FastifyRequest): Promise<void> {
  if (raw.headers.host !== undefined || raw.httpVersion === "1.0") return;
  throw new HttpError(400, {
    error: "the request has no Host header",
    code: "no-host",
    hint: "HTTP/1.1 asks for one; HTTP/1.0 does without",
  });
}
