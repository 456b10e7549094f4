import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { ask } from "./api.js";

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** @returns the URL of a server that answers with `handle` */
async function serving(handle: (response: ServerResponse) => void): Promise<string> {
  server = createServer((_, response) => handle(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
const half = (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"tracks":');
};

it("is aborted while the answer comes in, too", async () => {
  const stop = new AbortController();
  const url = await serving((response) => {
    half(response);
    setTimeout(() => stop.abort(), 50);
  });
  await expect(ask(url, undefined, stop.signal)).rejects.toMatchObject({ name: "AbortError" });
});

it("says so where the server goes away, before the answer and within it", async () => {
  for (const sent of [() => {}, half]) {
    const url = await serving((response) => {
      sent(response);
      setTimeout(() => response.destroy(), 50);
    });
    await expect(ask(url)).rejects.toMatchObject({
      message: "The studio's server does not answer.",
      hint: "Start it again: segue studio …",
    });
    server.close();
  }
});

it("tells what the server says against it", async () => {
  const url = await serving((response) =>
    response.writeHead(404).end('{"error":"no run","hint":"look again"}'),
  );
  await expect(ask(url)).rejects.toMatchObject({ message: "no run", hint: "look again" });
  server.close();
  const page = await serving((response) => response.writeHead(502).end("<h1>Bad gateway</h1>"));
  await expect(ask(page)).rejects.toThrow("The server answered 502.");
});
