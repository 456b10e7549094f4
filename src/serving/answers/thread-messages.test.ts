import { describe, expect, it } from "vitest";
import { misuse, SegueError } from "../../system/index.js";
import { describe as answerTo } from "../http/answer-error.js";
import { HttpError } from "../http/http-error.js";
import { errorOf, failureOf } from "./thread-messages.js";

/** As the other thread gets it. */
const sent = (error: unknown) => errorOf(structuredClone(failureOf(error)));

describe("an error of a model's thread", () => {
  it("keeps its message for the command line and for the answer to a request", () => {
    const error = misuse('the bundle b has no recommender named "zz"', "it has: blend");
    const got = sent(error);
    expect(got).toBeInstanceOf(SegueError);
    const { message, hint, exitCode } = error;
    expect(got).toMatchObject({ message, hint, exitCode: 2 });
    expect(exitCode).toBe(2);
    expect(answerTo(got)).toEqual({ status: 400, body: { error: message, code: "misuse", hint } });
  });

  it("keeps whether it is the request's fault or a bug", () => {
    const body = { error: "recommender: no", code: "unknown-recommender" };
    expect(sent(new HttpError(400, body))).toMatchObject({ status: 400, body });
    expect(answerTo(sent(new TypeError("x is undefined"))).status).toBe(500);
  });
});
