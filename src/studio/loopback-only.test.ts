import Fastify from "fastify";
import { describe, expect, it } from "vitest";
import { loopbackOnly } from "./loopback-only.js";

async function statuses(listensOn: string | undefined, names: readonly string[]): Promise<number[]> {
  const app = Fastify();
  app.setErrorHandler((error: Error & { status?: number }, _request, reply) =>
    reply.code(error.status ?? 500).send({}),
  );
  loopbackOnly(app, listensOn);
  app.get("/", async () => "here");
  const answers = [];
  for (const host of names) answers.push((await app.inject({ url: "/", headers: { host } })).statusCode);
  await app.close();
  return answers;
}

const own = ["127.0.0.1:7000", "localhost", "localhost:7000", "[::1]:7000", "segue.localhost", "127.1.2.3"];
const foreign = ["evil.example", "127.0.0.1.evil.example:7000", "localhost.evil.example", "10.0.0.1"];

describe("a studio for this machine alone", () => {
  it("answers to this machine's names and no others", async () => {
    expect(await statuses(undefined, own)).toEqual(own.map(() => 200));
    expect(await statuses("::1", foreign)).toEqual(foreign.map(() => 403));
  });

  it("answers to any name if it is shared", async () => {
    expect(await statuses("0.0.0.0", [...own, ...foreign])).toEqual([...own, ...foreign].map(() => 200));
  });
});
