import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { Agent, createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SegueError } from "../system/index.js";
import { type Moto, motoCredentials, motoMissing, motoPython, startMoto } from "./moto.testkit.js";
import { startProxy } from "./proxy.testkit.js";
import { S3Store } from "./s3.js";
import { parseS3Url } from "./s3-url.js";

if (motoPython === undefined) console.warn(motoMissing);

describe.skipIf(motoPython === undefined)("S3Store", () => {
  let moto: Moto;
  let folder: string;
  let options: { endpoint: string; region: string; credentials: typeof motoCredentials };

  beforeAll(async () => {
    moto = await startMoto();
    folder = await mkdtemp(join(tmpdir(), "segue-s3-"));
    options = { endpoint: moto.endpoint, region: "us-east-1", credentials: motoCredentials };
    await new S3Store("s3://models", options).client.send(new CreateBucketCommand({ Bucket: "models" }));
  });
  afterAll(async () => {
    await moto?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  it("touches an old object, but not a new one", async () => {
    const store = new S3Store("s3://models/touched é", options);
    await store.put("a b/ü.json", "1");
    const modified = async () => {
      for await (const each of store.list("a b/")) return each.modified;
      return undefined;
    };
    const before = (await modified())!;
    // S3 counts in seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await store.touch("a b/ü.json")).toBe(true);
    expect(await modified()).toBe(before);
    const now = vi.spyOn(Date, "now").mockReturnValue(before + 40 * 60_000);
    try {
      expect(await store.touch("a b/ü.json")).toBe(true);
    } finally {
      now.mockRestore();
    }
    expect(await modified()).toBeGreaterThan(before);
    expect(new TextDecoder().decode(await store.get("a b/ü.json"))).toBe("1");
  });

  it("recognises its own key if the answer was lost", async () => {
    let writes = 0;
    const lossy = await startProxy(moto.endpoint, ({ method }) =>
      method === "PUT" && ++writes === 1 ? "lose" : "pass",
    );
    try {
      const store = new S3Store("s3://models/own", { ...options, endpoint: lossy.url });
      expect(await store.putIfAbsent("lock", "mine")).toBe(true);
      expect(writes).toBe(2);
      expect(await store.putIfAbsent("lock", "other")).toBe(false);
    } finally {
      await lossy.close();
    }
  });

  const uploadsLeft = async (store: S3Store) =>
    (await store.client.send(new ListMultipartUploadsCommand({ Bucket: "models" }))).Uploads ?? [];

  it("uploads 50 MB in parts, with progress, and gets the same bytes back", async () => {
    const store = new S3Store("s3://models/big", options);
    const contents = randomBytes(50 * 1024 * 1024);
    const path = join(folder, "model.tar.gz");
    await writeFile(path, contents);
    const seen: number[] = [];
    await store.putFile("model.tar.gz", path, { progress: ({ done }) => seen.push(done) });
    expect(seen.length).toBe(7); // 50 MiB in parts of 8
    expect(seen.at(-1)).toBe(contents.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    const copy = join(folder, "copy", "model.tar.gz");
    expect(await store.getFile("model.tar.gz", copy)).toBe(true);
    const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
    expect(digest(await readFile(copy))).toBe(digest(contents));
    const head = await store.client.send(
      new HeadObjectCommand({ Bucket: "models", Key: "big/model.tar.gz" }),
    );
    expect(head.ETag).toMatch(/-7"$/);
    expect(await uploadsLeft(store)).toEqual([]);
  });

  it("leaves nothing if aborted at any moment", async () => {
    const store = new S3Store("s3://models/aborted", { ...options, partSize: 5 * 1024 * 1024 });
    const path = join(folder, "aborted.bin");
    await writeFile(path, randomBytes(31 * 1024 * 1024));
    for (const moment of [0, 1, 10, 25, 60]) {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), moment);
      const upload = store.putFile("a.bin", path, { signal: stop.signal });
      await expect(upload).rejects.toMatchObject({ name: "AbortError" });
      expect(await uploadsLeft(store)).toEqual([]);
      expect(await store.exists("a.bin")).toBe(false);
    }
    const stop = new AbortController();
    const later = store.putFile("a.bin", path, {
      signal: stop.signal,
      progress: ({ done }) => done > 15e6 && stop.abort(),
    });
    await expect(later).rejects.toMatchObject({ name: "AbortError" });
    expect(await uploadsLeft(store)).toEqual([]);
  });

  it("retries failures, and leaves nothing if they persist", async () => {
    const path = join(folder, "flaky.bin");
    const contents = randomBytes(12 * 1024 * 1024);
    await writeFile(path, contents);
    let failures = 3;
    const flaky = await startProxy(moto.endpoint, ({ method, url }) =>
      method === "PUT" && /partNumber=/.test(url) && failures-- > 0
        ? failures % 2
          ? "503"
          : "reset"
        : "pass",
    );
    try {
      const through = { ...options, endpoint: flaky.url, partSize: 5 * 1024 * 1024 };
      const store = new S3Store("s3://models/flaky", through);
      await store.putFile("a.bin", path);
      expect(Buffer.compare(contents, (await store.get("a.bin"))! as Buffer)).toBe(0);
      failures = Number.POSITIVE_INFINITY;
      const hopeless = new S3Store("s3://models/flaky", { ...through, attempts: 2 });
      await expect(hopeless.putFile("b.bin", path)).rejects.toThrow(/cannot upload .*flaky\.bin/);
      expect(await uploadsLeft(store)).toEqual([]);
      expect(await store.exists("b.bin")).toBe(false);
    } finally {
      await flaky.close();
    }
  });

  it("rereads after a broken connection", async () => {
    const contents = randomBytes(300_000);
    await new S3Store("s3://models/anew", options).put("a.bin", contents);
    let cuts = 0;
    const cutting = await startProxy(moto.endpoint, ({ method }) =>
      method === "GET" && ++cuts % 3 !== 0 ? "cut" : "pass",
    );
    try {
      const store = new S3Store("s3://models/anew", { ...options, endpoint: cutting.url });
      expect(Buffer.compare(contents, (await store.get("a.bin"))! as Buffer)).toBe(0);
      expect(cuts).toBe(3);
      const to = join(folder, "anew.bin");
      expect(await store.getFile("a.bin", to)).toBe(true);
      expect(Buffer.compare(contents, await readFile(to))).toBe(0);
      expect(cuts).toBe(6);
    } finally {
      await cutting.close();
    }
  });

  it("leaves no file if a download breaks off", async () => {
    const whole = new S3Store("s3://models/broken", options);
    await whole.put("a.bin", randomBytes(300_000));
    const cutting = await startProxy(moto.endpoint, ({ method }) => (method === "GET" ? "cut" : "pass"));
    try {
      const store = new S3Store("s3://models/broken", { ...options, endpoint: cutting.url, attempts: 1 });
      const to = join(folder, "broken.bin");
      await expect(store.getFile("a.bin", to)).rejects.toThrow(
        /cannot download s3:\/\/models\/broken\/a\.bin/,
      );
      await expect(stat(to)).rejects.toThrow();
    } finally {
      await cutting.close();
    }
  });

  it("does not wait forever for a silent server, before or during its answer", async () => {
    const asked: string[] = [];
    const unanswered = createServer((socket) => {
      socket.once("data", (head) => asked.push(head.toString().split(" ")[0]!)).on("error", () => {});
    });
    await new Promise<void>((resolve) => unanswered.listen(0, "127.0.0.1", resolve));
    const { port } = unanswered.address() as AddressInfo;
    const proxy = await startProxy(moto.endpoint, ({ method }) => (method === "GET" ? "hang" : "pass"));
    const given = { ...options, attempts: 2, silence: 300 };
    try {
      const silent = new S3Store("s3://models", { ...given, endpoint: `http://127.0.0.1:${port}` });
      await expect(silent.put("a", "x")).rejects.toMatchObject({
        message: expect.stringMatching(/^cannot write s3:\/\/models\/a: no answer \(/),
        code: "unreachable",
      });
      expect(asked).toEqual(["PUT", "PUT"]);
      const stuck = new S3Store("s3://models", { ...given, endpoint: proxy.url });
      await stuck.put("half", randomBytes(100_000));
      const copy = join(folder, "half");
      await expect(stuck.getFile("half", copy)).rejects.toMatchObject({ code: "unreachable" });
      await expect(stat(copy)).rejects.toThrow("ENOENT");
      await expect(stuck.get("half")).rejects.toMatchObject({ code: "unreachable" });
    } finally {
      await proxy.close();
      unanswered.close();
    }
  });

  it("sends checksums", async () => {
    const path = join(folder, "checked.bin");
    await writeFile(path, randomBytes(11 * 1024 * 1024));
    const sent: string[] = [];
    const spy = await startProxy(moto.endpoint, ({ headers }) => {
      for (const name of Object.keys(headers))
        if (/^x-amz-(checksum|sdk-checksum|trailer)/.test(name)) sent.push(`${name}=${headers[name]}`);
      return "pass";
    });
    try {
      const through = { ...options, endpoint: spy.url, partSize: 5 * 1024 * 1024 };
      await new S3Store("s3://models/checked", through).putFile("file", path);
      expect(sent.join()).toMatch(/crc32/i);
    } finally {
      await spy.close();
    }
  });

  it("keeps the contract of a store", async () => {
    const store = new S3Store("s3://models/contract", options);
    expect(await store.get("a/b.json")).toBeUndefined();
    expect(await store.exists("a/b.json")).toBe(false);
    expect(await store.getFile("a/b.json", join(folder, "absent"))).toBe(false);
    await store.put("a/b.json", "é1");
    await store.put("a/b.json", new TextEncoder().encode("é2"));
    expect(new TextDecoder().decode(await store.get("a/b.json"))).toBe("é2");
    expect(await store.exists("a/b.json")).toBe(true);
    // One writer of many wins, and whoever comes later changes nothing. The emulator may let two win that it answers at once.
    const oneByOne = await startProxy(moto.endpoint, () => "pass", new Agent({ maxSockets: 1 }));
    const writers = new S3Store(store.url, { ...options, endpoint: oneByOne.url });
    const won = await Promise.all(
      [1, 2, 3, 4, 5].map((writer) => writers.putIfAbsent("a/lock", String(writer))),
    ).finally(() => oneByOne.close());
    expect(won.filter(Boolean)).toHaveLength(1);
    const holder = String(won.indexOf(true) + 1);
    expect(await store.putIfAbsent("a/lock", "late")).toBe(false);
    expect(new TextDecoder().decode(await store.get("a/lock"))).toBe(holder);
    await store.put("ab", "beside");
    const keys: string[] = [];
    for await (const { key, modified } of store.list("a/")) {
      expect(Math.abs(Date.now() - modified)).toBeLessThan(60_000);
      keys.push(key);
    }
    expect(keys).toEqual(["a/b.json", "a/lock"]);
    await store.delete("a/b.json");
    await store.delete("a/b.json");
    expect(await store.get("a/b.json")).toBeUndefined();
  });

  it("encrypts as configured", async () => {
    const store = new S3Store("s3://models/secret", {
      ...options,
      encryption: "aws:kms",
      kmsKeyId: "alias/models",
    });
    await store.put("a", "text");
    const path = join(folder, "secret.bin");
    await writeFile(path, randomBytes(9 * 1024 * 1024));
    await store.putFile("b", path);
    for (const key of ["a", "b"]) {
      const head = await store.client.send(new HeadObjectCommand({ Bucket: "models", Key: `secret/${key}` }));
      expect(head).toMatchObject({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: "alias/models" });
    }
  });

  it("stores an empty text without SDK output on standard error", async () => {
    const warn = vi.spyOn(console, "warn");
    const store = new S3Store("s3://models/empty", options);
    await store.put("put", "");
    expect(await store.putIfAbsent("absent", "")).toBe(true);
    expect(await store.get("put")).toHaveLength(0);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it("lists several pages in order, without folder markers", async () => {
    const store = new S3Store("s3://models/many", options);
    await store.client.send(new PutObjectCommand({ Bucket: "models", Key: "many/sub/", Body: "" }));
    const keys = Array.from({ length: 1010 }, (_, i) => `sub/${String(i).padStart(4, "0")}`);
    for (let at = 0; at < keys.length; at += 50)
      await Promise.all(keys.slice(at, at + 50).map((k) => store.put(k, "x")));
    const found: string[] = [];
    for await (const { key, size } of store.list("sub/")) {
      expect(size).toBe(1);
      found.push(key);
    }
    expect(found).toEqual(keys);
  });

  it("does not let a key leave the prefix", async () => {
    const store = new S3Store("s3://models/inside", options);
    await store.client.send(new PutObjectCommand({ Bucket: "models", Key: "outside", Body: "x" }));
    for (const key of ["../outside", "a/../../outside", "/outside", "", "a//b", "./a"]) {
      await expect(store.get(key)).rejects.toThrow(/invalid key/);
      await expect(store.put(key, "x")).rejects.toThrow(/invalid key/);
    }
  });

  it("says that the bucket is missing", async () => {
    const store = new S3Store("s3://not-there", options);
    const path = join(folder, "small");
    await writeFile(path, "x");
    await expect(store.put("a", "x")).rejects.toThrow(
      /cannot write s3:\/\/not-there\/a: the bucket does not exist/,
    );
    await expect(store.putFile("a", path)).rejects.toThrow(/cannot upload .*: the bucket does not exist/);
    await expect(store.get("a")).rejects.toThrow(/the bucket does not exist/);
    await expect(store.list("").next()).rejects.toThrow(
      /cannot list s3:\/\/not-there: the bucket does not exist/,
    );
  });

  it("says that a local file is missing", async () => {
    const store = new S3Store("s3://models", options);
    await expect(store.putFile("a", join(folder, "none"))).rejects.toThrow(
      /cannot upload .*none: no such file/,
    );
  });

  it("waits out an outage once the server has answered, but not at first", async () => {
    let failures = 0;
    const failing = await startProxy(moto.endpoint, () => (failures-- > 0 ? "reset" : "pass"));
    try {
      const through = { ...options, endpoint: failing.url };
      const store = new S3Store("s3://models/outage", through);
      failures = 6;
      await expect(store.put("a", "early")).rejects.toMatchObject({ code: "unreachable" });
      expect(failures).toBe(1);
      failures = 6;
      // Not begun again, as an answer that breaks off is.
      await expect(store.get("a")).rejects.toMatchObject({ code: "unreachable" });
      expect(failures).toBe(1);
      failures = 0;
      await store.put("a", "before");
      failures = 6;
      await store.put("a", "after");
      expect(failures).toBe(-1);
      failures = 6;
      const other = new S3Store("s3://models/outage", { ...through, hasAnswered: true });
      expect(String(await other.get("a"))).toBe("after");
    } finally {
      await failing.close();
    }
  });

  it("says if there is no answer", async () => {
    const store = new S3Store("s3://models", { ...options, endpoint: "http://127.0.0.1:9", attempts: 1 });
    const failure = store.put("a", "x").catch((error: unknown) => error);
    expect(await failure).toBeInstanceOf(SegueError);
    expect(await failure).toMatchObject({
      message: expect.stringContaining("no answer"),
      code: "unreachable",
    });
  });
});

describe.skipIf(motoPython === undefined)("S3Store with wrong credentials", () => {
  it("says that they were refused", async () => {
    const moto = await startMoto({ INITIAL_NO_AUTH_ACTION_COUNT: "0" });
    try {
      const store = new S3Store("s3://models", {
        endpoint: moto.endpoint,
        region: "us-east-1",
        credentials: motoCredentials,
      });
      await expect(store.put("a", "x")).rejects.toThrow(/the AWS credentials were refused/);
      await expect(store.list("").next()).rejects.toMatchObject({
        hint: expect.stringContaining("AWS_ACCESS_KEY_ID"),
      });
    } finally {
      await moto.stop();
    }
  });
});

it("aborts a download whose file cannot be created", async () => {
  const server = createHttpServer((_, answer) => {
    answer.writeHead(200, { "content-length": 1 << 30, etag: "1" });
    answer.write(Buffer.alloc(1 << 20));
  });
  const closed = new Promise((resolve) => server.on("connection", (socket) => socket.once("close", resolve)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const store = new S3Store("s3://models", {
      endpoint: `http://127.0.0.1:${port}`,
      region: "us-east-1",
      credentials: motoCredentials,
    });
    await expect(store.getFile("a", "/dev/null")).rejects.toThrow("/dev/null is not an ordinary file");
    await closed;
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

describe("parseS3Url", () => {
  it("reads bucket and prefix", () => {
    expect(parseS3Url("s3://my.bucket-1")).toEqual({ bucket: "my.bucket-1", prefix: "" });
    expect(parseS3Url("s3://bucket/a/b/")).toEqual({ bucket: "bucket", prefix: "a/b" });
  });
  it.each(["bucket/a", "s3://", "s3://x", "s3://bad_/", "s3://bucket/../a", "s3://bucket//a"])(
    "refuses %s",
    (url) => {
      expect(() => parseS3Url(url)).toThrow(expect.objectContaining({ name: "SegueError", exitCode: 2 }));
    },
  );
});
