/** The contract of stores, on a folder and on S3. */
import { pbkdf2 } from "node:crypto";
import { existsSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderOfEachTest } from "../system/files/temporary-folder.testkit.js";
import { FolderStore, openStore, storeAt } from "./index.js";
import { LateStore } from "./late-store.js";
import { type Moto, motoCredentials, motoMissing, motoPython, startMoto } from "./moto.testkit.js";
import { S3Store } from "./s3.js";
import { storeContract } from "./store.testkit.js";

const at = folderOfEachTest("store");

storeContract("a folder", async (folder) => new FolderStore(folder));
storeContract(
  "one that is opened late",
  async (folder) => new LateStore(folder, async () => new FolderStore(folder)),
);

if (motoPython === undefined) console.warn(motoMissing);

describe.skipIf(motoPython === undefined)("with moto", () => {
  let moto: Moto;
  let stores = 0;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto?.stop());

  storeContract("S3", async () => {
    const bucket = `contract-${stores++}`;
    const options = { endpoint: moto.endpoint, region: "us-east-1", credentials: motoCredentials };
    const store = new S3Store(`s3://${bucket}/prefix`, options);
    await store.client.send(new CreateBucketCommand({ Bucket: bucket }));
    return store;
  });
});

describe("FolderStore", () => {
  it("lists nothing outside of itself", async () => {
    const store = new FolderStore(at("store"));
    for (const prefix of ["../", "a/../../"])
      await expect(store.list(prefix)[Symbol.asyncIterator]().next()).rejects.toThrow("invalid key");
  });

  it.each(["put", "putIfAbsent", "putFile"] as const)(
    "writes though the empty folder is removed again and again meanwhile: %s",
    async (how) => {
      const store = new FolderStore(at("store"));
      const file = at("file.txt");
      writeFileSync(file, "1");
      // Operations on files wait behind these, so that the folder is seen, and removed, before anything is in it.
      let isBusy = true;
      const busy = () => pbkdf2("", "", 20_000, 64, "sha512", () => isBusy && busy());
      for (let i = 0; i < 8; i++) busy();
      try {
        const written = store[how]("a/b", how === "putFile" ? file : "1");
        for (let removed = 0; removed < 3; await new Promise(setImmediate)) {
          if (!existsSync(join(store.url, "a"))) continue;
          rmdirSync(join(store.url, "a"));
          removed++;
        }
        isBusy = false;
        await written;
        expect(Buffer.from((await store.get("a/b"))!).toString()).toBe("1");
      } finally {
        isBusy = false;
      }
    },
  );

  it("says why a file cannot be written, with its path", async () => {
    const store = new FolderStore(at("store"));
    await store.put("a", "1");
    await expect(store.putIfAbsent("a/b", "2")).rejects.toMatchObject({
      message: expect.stringMatching(/^cannot use \S+\/a\/b: /),
      code: "disk",
    });
  });

  it.each([
    ["077", 0o077],
    ["022", 0o022],
  ])("gives a copied file the permissions of a written one: umask %s", async (_, mask) => {
    const before = process.umask(mask);
    try {
      const store = new FolderStore(at("store"));
      const source = at("source");
      writeFileSync(source, "1", { mode: 0o400 });
      await store.putFile("copied", source);
      await store.put("written", "1");
      const [copied, written] = ["copied", "written"].map((key) => statSync(store.localPath(key)).mode);
      expect(copied).toBe(written);
      expect(copied! & 0o777).toBe(0o666 & ~mask);
    } finally {
      process.umask(before);
    }
  });
});

describe("openStore", () => {
  it("opens by URL and refuses unknown ones", async () => {
    expect(await openStore("data/x")).toBeInstanceOf(FolderStore);
    expect((await openStore("s3://bucket/prefix")).url).toBe("s3://bucket/prefix");
    await expect(openStore("ftp://x/y")).rejects.toThrow('unknown scheme "ftp"');
    for (const secret of ["s3://AKIA:hidden/1@bucket/p", "postgres://me:hidden/1@db/x"])
      await expect(openStore(secret)).rejects.toThrow(/^(?!.*hidden)/);
    await expect(openStore("s3:/bucket/prefix")).rejects.toThrow("s3:/bucket/prefix");
    expect(storeAt("data/x")).toBeInstanceOf(FolderStore);
    await expect(storeAt("ftp://x/y").exists("a")).rejects.toThrow('unknown scheme "ftp"');
  });
});
