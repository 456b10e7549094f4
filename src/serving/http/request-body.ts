/** Reads request bodies in UTF-8: JSON, and text on routes that allow it. */
import { isUtf8 } from "node:buffer";
import { finished } from "node:stream/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { messageOf } from "../../system/index.js";
import { HttpError } from "./http-error.js";

/** Makes all routes read JSON and nothing else. */
export function readJsonBodies(app: FastifyInstance): void {
  // The type that browsers send by default. Every body here needs an explicit type.
  app.removeContentTypeParser("text/plain");
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser<Buffer>("application/json", { parseAs: "buffer" }, (request, body, done) => {
    if (isUtf8(body)) {
      const text = body.toString("utf8");
      return parse(request, text, (error, value) =>
        error === null || text === "" ? done(error, value) : done(notJson(text)),
      );
    }
    // Decoded leniently, its tracks would be reported as unknown.
    done(Object.assign(new Error("the body is not UTF-8 text"), { statusCode: 400, code: "NOT_UTF8" }));
  });
  app.addContentTypeParser("*", (request, _body, done) => {
    const type = request.headers["content-type"];
    const error =
      type === undefined
        ? "bodies without a Content-Type are not accepted"
        : `bodies with Content-Type ${type.slice(0, 100)} are not accepted`;
    done(Object.assign(new Error(error), { statusCode: 415, code: "OTHER_TYPE" }));
  });
}

/**
 * Before an answer that closes its connection, reads a body that nothing has read: one refused for its headers, say. Closing while the
 * client may still be sending resets the connection, and many clients report a broken pipe instead of the answer. The request timeout
 * limits how long a body may take.
 */
export async function letBodyArrive({ raw: request }: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (reply.raw.shouldKeepAlive && !reply.hasHeader("connection")) return;
  await finished(request.resume()).catch(() => undefined);
}

/** Finds out why the parser refused a body: its own error does not say. */
function notJson(text: string): HttpError {
  let why = 'a key named "__proto__", or "constructor" with a prototype, is not accepted';
  try {
    JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    why = `the body is not JSON: ${messageOf(error)}`;
  }
  return new HttpError(400, { error: why, code: "not-json", hint: "send one JSON object, in UTF-8" });
}

/** Makes routes of `app` read bodies of these types as text. */
export function readTextBodies(app: FastifyInstance, types: readonly string[]): void {
  app.addContentTypeParser<Buffer>([...types], { parseAs: "buffer" }, (_request, body, done) => {
    if (isUtf8(body)) return done(null, body.toString("utf8"));
    done(
      new HttpError(400, { error: "the body is not UTF-8 text", code: "not-utf8", hint: "send it in UTF-8" }),
    );
  });
}
