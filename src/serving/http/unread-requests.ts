/**
 * Answers requests that Node could not read to their end: too slow, headers too long, not HTTP. It hands over only their connection, and
 * no hook sees their answers.
 */
import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { EndedRequest } from "../log.js";
import { requestIdHeader } from "./request-id.js";

/** The latest request of a connection whose headers have arrived. */
interface Latest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export class UnreadRequests {
  readonly #latest = new WeakMap<Socket, Latest>();
  readonly #record: (ended: EndedRequest) => void;

  /** @param record is told of each answer */
  constructor(record: (ended: EndedRequest) => void) {
    this.#record = record;
  }

  /** Must be called before other hooks are added, which may answer. */
  follow(app: FastifyInstance): void {
    app.addHook("onRequest", (request, reply, done) => {
      this.#latest.set(request.raw.socket, { request, reply });
      done();
    });
  }

  /** Answers, and closes the connection. */
  answer(error: NodeJS.ErrnoException, socket: Socket): void {
    const latest = this.#latest.get(socket);
    // Whether the body is what did not arrive, rather than the headers of another request.
    const partly = latest !== undefined && !latest.request.raw.complete ? latest : undefined;
    // A request whose headers were enough to refuse it has its answer.
    if (error.code === "ECONNRESET" || !socket.writable || partly?.reply.sent) {
      socket.destroy();
      return;
    }
    const [status, reason] =
      error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? [408, "the request did not arrive in time"]
        : error.code === "HPE_HEADER_OVERFLOW"
          ? [431, "the headers are too long"]
          : error.code === "HPE_INVALID_EOF_STATE"
            ? [400, "the connection ended before the request was complete"]
            : [400, "this is not an HTTP request"];
    const id = partly?.request.id ?? randomUUID();
    const code = status === 408 ? "too-slow" : "bad-request";
    const body = JSON.stringify({ error: reason, code, request_id: id });
    const headers = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      "content-type: application/json; charset=utf-8",
      "connection: close",
      `content-length: ${body.length}`,
      `${requestIdHeader}: ${id}`,
    ];
    socket.end(`${headers.join("\r\n")}\r\n\r\n${body}`);
    this.#record({
      id,
      method: partly?.request.method ?? "none",
      route: partly?.request.routeOptions.url ?? "none",
      status,
      ms: partly?.reply.elapsedTime ?? 0,
      reason,
    });
  }
}
