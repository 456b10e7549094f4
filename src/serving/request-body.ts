/** Reads the bodies of requests, in UTF-8: JSON, and where a route says so, text. */
import { isUtf8 } from "node:buffer";
import type { FastifyInstance } from "fastify";
import { HttpError } from "./http-error.js";

/** All routes read JSON, and nothing else. */
export function readJsonBodies(app: FastifyInstance): void {
  // What browsers send where nobody says what it is. Every body here has to say so.
  app.removeContentTypeParser("text/plain");
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser<Buffer>("application/json", { parseAs: "buffer" }, (request, body, done) => {
    if (isUtf8(body)) return parse(request, body.toString("utf8"), done);
    // Decoded all the same, its tracks would be called unknown.
    done(Object.assign(new Error("the body is not UTF-8 text"), { statusCode: 400, code: "NOT_UTF8" }));
  });
  app.addContentTypeParser("*", (request, _body, done) => {
    const type = request.headers["content-type"];
    const error =
      type === undefined
        ? "a body without a Content-Type is not read here"
        : `a body of Content-Type ${type.slice(0, 100)} is not read here`;
    done(Object.assign(new Error(error), { statusCode: 415, code: "OTHER_TYPE" }));
  });
}

/** Routes of `app` are given bodies of these types as text. */
export function readTextBodies(app: FastifyInstance, types: readonly string[]): void {
  app.addContentTypeParser<Buffer>([...types], { parseAs: "buffer" }, (_request, body, done) => {
    if (isUtf8(body)) return done(null, body.toString("utf8"));
    done(
      new HttpError(400, { error: "the body is not UTF-8 text", code: "not-utf8", hint: "send it in UTF-8" }),
    );
  });
}
