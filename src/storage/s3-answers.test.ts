import { stat, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderOfTests } from "../system/files/temporary-folder.testkit.js";
import { motoCredentials } from "./moto.testkit.js";
import { S3Store } from "./s3.js";

const folder = folderOfTests("answers");

async function withServer(answer: RequestListener, work: (store: S3Store) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    request.resume().once("end", () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await work(
      new S3Store("s3://models", {
        endpoint,
        region: "us-east-1",
        credentials: motoCredentials,
        attempts: 2,
      }),
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it("does not take a web page for an answer of S3", async () => {
  const page: RequestListener = (_, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<html><title>Sign in</title></html>");
  const file = join(folder, "file");
  await writeFile(file, "x");
  await withServer(page, async (store) => {
    for (const work of [
      () => store.get("a"),
      () => store.getFile("a", join(folder, "copy")),
      () => store.exists("a"),
      () => store.put("a", "x"),
      () => store.putIfAbsent("a", "x"),
      () => store.putFile("a", file),
      () => store.list("").next(),
    ])
      await expect(work()).rejects.toMatchObject({
        message: expect.stringMatching(/^cannot .* s3:\/\/models\S*: something else than AWS has answered$/),
        hint: expect.stringContaining("AWS_ENDPOINT_URL"),
      });
    await expect(stat(join(folder, "copy"))).rejects.toThrow("ENOENT");
  });
});

describe("says what an error of S3 means", () => {
  const told = (code: string, message: string) =>
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  it.each([
    [403, told("RequestTimeTooSkewed", "too large"), "this machine's clock is wrong (too large)", /NTP/],
    [403, told("AccessDenied", "Access Denied"), "access was denied (Access Denied)", /permission/],
    [403, "<html>no</html>", "access was denied", /permission/],
    [500, told("InternalError", "An error."), "the server answered 500 (An error.)", /later/],
    [503, "<html>no</html>", "the server answered 503", /later/],
    [404, "<html>no</html>", "the server answered 404", /AWS_ENDPOINT_URL/],
  ])("%i %s", async (status, body, message, hint) => {
    await withServer(
      (_, response) => response.writeHead(status).end(body),
      async (store) => {
        await expect(store.list("").next()).rejects.toMatchObject({
          message: `cannot list s3://models: ${message}`,
          hint: expect.stringMatching(hint),
        });
      },
    );
  });

  it.each(["us east", "$REGION"])("and what a region %j does", async (region) => {
    const store = new S3Store("s3://models", { region, credentials: motoCredentials });
    await expect(store.list("").next()).rejects.toMatchObject({
      message: expect.stringContaining(
        "cannot list s3://models: the AWS region that is set is none (Region not accepted",
      ),
      hint: "set AWS_REGION to one such as us-east-1",
    });
  });

  it("and what one of TLS", async () => {
    await withServer(
      (_, response) => response.end(),
      async (store) => {
        const endpoint = (await store.client.config.endpoint!()).port;
        const secure = new S3Store("s3://models", {
          endpoint: `https://127.0.0.1:${endpoint}`,
          region: "us-east-1",
          credentials: motoCredentials,
        });
        await expect(secure.list("").next()).rejects.toMatchObject({
          message: expect.stringContaining("no secure connection"),
          hint: expect.stringContaining("http or https"),
        });
      },
    );
  });
});
