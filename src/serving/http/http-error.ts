/**
 * Error answers. Each is one JSON object with `error` (what is wrong; the field that TensorFlow Serving uses), `code` (a stable word),
 * `request_id`, and optionally `hint` and `issues` (which field, and what is wrong with it).
 */
import { requireWithin, thingWith, wholeNumber } from "../../system/index.js";

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
