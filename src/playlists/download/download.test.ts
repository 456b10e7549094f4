import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { zipOf } from "../zip.testkit.js";
import { download } from "./download.js";
import { fetchFile } from "./fetch-file.js";

const csv = `"user_id", "artistname", "trackname", "playlistname"\n${Array.from(
  { length: 20_000 },
  (_, i) =>
    `"u${i % 97}","artist ${(i * 7919) % 1009}","track ${createHash("md5").update(String(i)).digest("hex")}","list"\n`,
).join("")}`;
const archive = zipOf({ "README.txt": "hello", "spotify_dataset.csv": csv });

const at = folderOfEachTest("download");
let server: Server;
let url: string;
let handler: (request: IncomingMessage, response: ServerResponse, count: number) => void;
let requests: IncomingMessage[];

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    handler(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/archive`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const to = () => at("raw", "spotify_dataset.csv");
const get = (more: Partial<Parameters<typeof download>[0]> = {}) =>
  download({ from: url, to: to(), retryDelay: 1, ...more });

const part = () => `${to()}.download.part`;

/** Sends some bytes, and does `next` once the download has kept some of them: what it had not read by a cut is lost. */
function sendThen(response: ServerResponse, bytes: Buffer, next: () => void, had = 0): void {
  response.write(bytes);
  const look = setInterval(() => {
    const kept = statSync(part(), { throwIfNoEntry: false })?.size ?? 0;
    if (kept > had) next();
    if (kept > had || response.closed) clearInterval(look);
  }, 5);
}

/** Serves `archive` with ranges, but cuts the connection after `cut` bytes of each answer. */
function serve(
  response: ServerResponse,
  request: IncomingMessage,
  { cut = Infinity, etag = '"v1"', body = archive } = {},
) {
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
  const from = range && request.headers["if-range"] === etag ? Number(range[1]) : 0;
  const rest = body.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, {
    etag,
    "content-length": rest.length,
    ...(from > 0 ? { "content-range": `bytes ${from}-${body.length - 1}/${body.length}` } : {}),
  });
  if (rest.length <= cut) response.end(rest);
  else sendThen(response, rest.subarray(0, cut), () => response.destroy(), from);
}

describe("download", () => {
  it("fetches, checks and unpacks, and removes the archive", async () => {
    handler = (request, response) => serve(response, request);
    const reports: number[] = [];
    const facts = await get({ progress: ({ task, done }) => task === "downloading" && reports.push(done) });
    expect(await readFile(to(), "utf8")).toBe(csv);
    expect(facts).toMatchObject({
      bytes: Buffer.byteLength(csv),
      archiveBytes: archive.length,
      sha256: createHash("sha256").update(archive).digest("hex"),
      resumedFrom: 0,
    });
    expect(reports.at(-1)).toBe(archive.length);
    expect(await readdir(at("raw"))).toEqual(["spotify_dataset.csv"]);
  });

  it("continues by itself when the connection is cut repeatedly", async () => {
    handler = (request, response) => serve(response, request, { cut: 200_000 });
    await get({ retries: 2 });
    expect(await readFile(to(), "utf8")).toBe(csv);
    expect(requests.length).toBeGreaterThan(2);
    expect(requests.slice(1).every((request) => request.headers["if-range"] === '"v1"')).toBe(true);
  });

  it("keeps what it has when it gives up, and continues from there in the next run", async () => {
    handler = (request, response, count) =>
      count === 1 ? serve(response, request, { cut: 300_000 }) : response.destroy();
    await expect(get({ retries: 1 })).rejects.toMatchObject({
      code: "cut-off",
      hint: expect.stringMatching(/again/),
    });
    expect(existsSync(to())).toBe(false);
    const kept = (await stat(part())).size;
    expect(kept).toBeGreaterThan(0);
    handler = (request, response) => serve(response, request);
    const facts = await get();
    expect(facts.resumedFrom).toBe(kept);
    expect(requests.at(-1)!.headers.range).toBe(`bytes=${kept}-`);
    expect(await readFile(to(), "utf8")).toBe(csv);
  });

  it("says that there is no answer instead of a broken connection", async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(gone.address() as AddressInfo).port}`;
    await new Promise((resolve) => gone.close(resolve));
    await expect(get({ from: `http://${host}/archive`, retries: 1 })).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`^cannot reach ${host}: .*ECONNREFUSED`)),
      hint: expect.not.stringContaining("go on"),
      code: "unreachable",
    });
  });

  it.each([503, 429])("reports each retry on a temporary refusal, and the refusal: %i", async (status) => {
    handler = (_, response) => response.writeHead(status).end();
    const told: string[] = [];
    const error = await get({ retries: 2, retryDelay: 20, tell: (line) => told.push(line) }).catch((e) => e);
    const said = `${url} answered ${status} ${STATUS_CODES[status]}`;
    expect(error).toMatchObject({ message: said, hint: "run the same command later", code: "refused" });
    expect(told).toEqual([
      `${said}; trying again in 0.02 s (1 of 2)`,
      `${said}; trying again in 0.04 s (2 of 2)`,
    ]);
  });

  it.each([
    [416, {}],
    [206, { "content-range": "bytes 5-9/10" }],
  ])("does not retry if the answer is %i", async (status, headers) => {
    handler = (_, response, count) => response.writeHead(count < 20 ? status : 404, headers).end();
    await expect(get()).rejects.toThrow(`answered ${status}`);
    expect(requests).toHaveLength(1);
  });

  it("starts over if the file has changed in between", async () => {
    const other = zipOf({ "spotify_dataset.csv": csv.toUpperCase() });
    handler = (request, response, count) =>
      count === 1
        ? serve(response, request, { cut: 300_000 })
        : serve(response, request, { etag: '"v2"', body: other });
    await get();
    expect(await readFile(to(), "utf8")).toBe(csv.toUpperCase());
  });

  it("starts over if the rest that a server gives is of another file", async () => {
    const other = zipOf({ "spotify_dataset.csv": csv.toUpperCase() });
    handler = (request, response, count) => {
      if (count === 1) return serve(response, request, { cut: 300_000 });
      if (request.headers.range === undefined) return serve(response, request, { etag: '"v2"', body: other });
      // As a server that does not look at If-Range.
      const from = Number(/\d+/.exec(request.headers.range)![0]);
      response.writeHead(206, {
        etag: '"v2"',
        "content-range": `bytes ${from}-${other.length - 1}/${other.length}`,
      });
      response.end(other.subarray(from));
    };
    await get();
    expect(await readFile(to(), "utf8")).toBe(csv.toUpperCase());
    expect(requests).toHaveLength(3);
  });

  it("accepts a file that the server has encoded, whose told length is another one", async () => {
    const body = gzipSync(csv);
    handler = (_, response) =>
      response
        .writeHead(200, { etag: '"v1"', "content-encoding": "gzip", "content-length": body.length })
        .end(body);
    await get();
    expect(await readFile(to(), "utf8")).toBe(csv);
    expect(requests).toHaveLength(1);
  });

  it("gives up on a server that cuts each answer, and gives the wrong rest", async () => {
    handler = (request, response) => {
      if (request.headers.range === undefined) return serve(response, request, { cut: 100_000 });
      response.writeHead(206, {
        etag: '"v1"',
        "content-range": `bytes 5-${archive.length - 1}/${archive.length}`,
      });
      response.end(archive.subarray(5));
    };
    await expect(get({ retries: 2 })).rejects.toMatchObject({ code: "cut-off" });
  });

  it("takes a connection that is silent for one that was cut", async () => {
    handler = (request, response, count) => {
      if (count > 1) return serve(response, request);
      response.writeHead(200, { etag: '"v1"', "content-length": archive.length });
      response.write(archive.subarray(0, 200_000));
    };
    const told: string[] = [];
    const file = at("raw", "file");
    const options = { url, to: file, progress: () => {}, retries: 1, retryDelay: 1, silence: 300 };
    await fetchFile({ ...options, tell: (line) => told.push(line) });
    expect(told).toEqual([
      expect.stringMatching(
        /^the download was cut off after \d+ bytes: nothing was received for 0\.3 s; trying again in 0\.001 s/,
      ),
    ]);
    expect(await readFile(file)).toEqual(archive);
    handler = () => {};
    await expect(fetchFile({ ...options, to: at("raw", "other"), tell: () => {} })).rejects.toMatchObject({
      message: expect.stringContaining("nothing was received"),
      code: "cut-off",
    });
  });

  it("starts over on a server without ranges, and without version marks", async () => {
    handler = (_, response, count) => {
      response.writeHead(200, { "content-length": archive.length });
      if (count < 3) sendThen(response, archive.subarray(0, 100_000), () => response.destroy());
      else response.end(archive);
    };
    await get();
    expect(await readFile(to(), "utf8")).toBe(csv);
    expect(requests.every((request) => request.headers.range === undefined)).toBe(true);
  });

  it("does not fetch a complete file again (416)", async () => {
    await mkdir(at("raw"), { recursive: true });
    await writeFile(part(), archive);
    await writeFile(`${part()}.json`, JSON.stringify({ url, version: '"v1"' }));
    handler = (_, response) =>
      response.writeHead(416, { "content-range": `bytes */${archive.length}` }).end();
    expect((await get()).resumedFrom).toBe(archive.length);
    expect(await readFile(to(), "utf8")).toBe(csv);
  });

  it("follows redirects and waits out an overload", async () => {
    handler = (request, response, count) => {
      if (count === 1) response.writeHead(503).end();
      else if (request.url === "/archive") response.writeHead(302, { location: "/elsewhere" }).end();
      else serve(response, request);
    };
    await get();
    expect(await readFile(to(), "utf8")).toBe(csv);
  });

  it.each([
    [403, "text/plain", /answered 403/, /sign in.*--from/],
    [404, "text/plain", /answered 404/, /--from/],
    [200, "text/html; charset=utf-8", /web page/, /sign in/],
  ])("says what to do about %i %s", async (status, type, message, hint) => {
    handler = (_, response) => response.writeHead(status, { "content-type": type }).end("<html>");
    const error = await get().catch((caught) => caught);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(requests.length).toBe(1);
    expect(existsSync(to())).toBe(false);
  });

  it("does not try again where redirects lead in a circle", async () => {
    handler = (request, response) => response.writeHead(302, { location: request.url! }).end();
    await expect(get()).rejects.toThrow("redirects in a circle");
    // The first, and as many as fetch follows.
    expect(requests.length).toBe(21);
  });

  it("refuses a damaged archive and leaves nothing", async () => {
    const broken = Buffer.from(archive);
    broken.fill(0x55, 5000, 9000);
    handler = (request, response) => serve(response, request, { body: broken });
    await expect(get()).rejects.toMatchObject({
      code: "damaged",
      message: expect.stringContaining(`${url} is damaged: `),
    });
    expect(await readdir(at("raw"))).toEqual([]);
  });

  it("says if the destination cannot be written", async () => {
    handler = (request, response) => serve(response, request);
    await writeFile(at("file"), "in the way");
    await expect(get({ to: at("file", "x.csv") })).rejects.toMatchObject({ code: "disk" });
    await expect(get({ to: at() })).rejects.toMatchObject({ exitCode: 2 });
    await expect(get({ from: "ftp://somewhere/x.zip" })).rejects.toMatchObject({ exitCode: 2 });
  });

  it("stops on abort, and can continue", async () => {
    const controller = new AbortController();
    handler = (_, response) => {
      response.writeHead(200, { etag: '"v1"', "content-length": archive.length });
      sendThen(response, archive.subarray(0, 200_000), () => controller.abort());
    };
    await expect(get({ signal: controller.signal })).rejects.toThrow(/abort/i);
    expect(existsSync(to())).toBe(false);
    handler = (request, response) => serve(response, request);
    expect((await get()).resumedFrom).toBeGreaterThan(0);
  });

  it("accepts a local archive, gzip file or CSV, and keeps it", async () => {
    for (const [name, contents] of [
      ["a.zip", archive],
      ["a.csv.gz", gzipSync(csv)],
      ["a.csv", csv],
    ] as const) {
      await writeFile(at(name), contents);
      await download({ from: at(name), to: to() });
      expect(await readFile(to(), "utf8")).toBe(csv);
      expect(existsSync(at(name))).toBe(true);
    }
  });

  it("replaces existing data only by playlists", async () => {
    await mkdir(at("raw"));
    await writeFile(to(), csv);
    for (const [name, contents, message] of [
      ["x.zip", "hi\n", /x\.zip is not a zip file: it does not begin like one/],
      ["x.csv.gz", csv, /x\.csv\.gz is not a gzip file/],
      ["x.zip", gzipSync(csv), /x\.zip is not a zip file/],
      ["x.csv", "hi\n", /x\.csv holds no table of playlists: it begins with "hi"/],
      ["x", "<!DOCTYPE html>\n<p>Sign in", /a web page/],
      ["x.json", '{"error": "sign in"}', /x\.json holds no table of playlists/],
      ["x.csv", "", /x\.csv is empty/],
      ["x.gz", gzipSync("hi\n"), /x\.gz holds no table of playlists/],
      ["x.zip", zipOf({ "a.csv": "hi" }), /x\.zip holds no table of playlists/],
      ["x.zip", Buffer.from("PK\x03\x04 and no more"), /x\.zip is damaged/],
    ] as const) {
      await writeFile(at(name), contents);
      await expect(download({ from: at(name), to: to() })).rejects.toThrow(message);
      expect(await readFile(to(), "utf8")).toBe(csv);
      expect(await readdir(at("raw"))).toEqual(["spotify_dataset.csv"]);
    }
    handler = (_, response) => response.writeHead(200, { "content-type": "text/plain" }).end("hi\n");
    await expect(get({ from: `${url}.zip?download=1` })).rejects.toThrow(/is not a zip file/);
    await expect(get()).rejects.toThrow(/no table of playlists/);
    expect(await readFile(to(), "utf8")).toBe(csv);
  });

  it("refuses an address with a password at once, and does not show it", async () => {
    const refused = get({ from: url.replace("//", "//me:secret@") });
    await expect(refused).rejects.toThrow(/^the address at 127\.0\.0\.1:\d+ has a user or a password in it/);
    await expect(get({ from: "http://me:secret@[bad" })).rejects.toThrow(
      /^the address .* is not a valid URL$/,
    );
  });

  it("refuses a folder", async () => {
    await mkdir(at("raw"));
    await expect(download({ from: at(), to: to() })).rejects.toThrow(`${at()} is a folder`);
  });

  it("lets no archive write outside the folder", async () => {
    for (const name of ["../../evil.csv", "/evil.csv", "..\\evil.csv"]) {
      await writeFile(at("slip.zip"), zipOf({ [name]: "x" }));
      await download({ from: at("slip.zip"), to: to() }).catch((error) =>
        expect(error.name).toBe("SegueError"),
      );
      expect((await readdir(at())).sort()).toEqual(["raw", "slip.zip"]);
      expect((await readdir(at("raw"))).every((file) => file === "spotify_dataset.csv")).toBe(true);
    }
  });

  it("refuses an archive with no CSV file, or several", async () => {
    await writeFile(at("none.zip"), zipOf({ "a.txt": "x" }));
    await expect(download({ from: at("none.zip"), to: to() })).rejects.toThrow(/no CSV file/);
    await writeFile(at("two.zip"), zipOf({ "a.csv": "x", "b.csv": "y" }));
    await expect(download({ from: at("two.zip"), to: to() })).rejects.toThrow(/several.*a\.csv, b\.csv/);
    // The downloaded copy is gone by then.
    handler = (request, response) => serve(response, request, { body: zipOf({ "a.txt": "x" }) });
    await expect(get()).rejects.toMatchObject({
      message: `${url} holds no CSV file`,
      hint: expect.stringContaining("--from"),
    });
  });
});
