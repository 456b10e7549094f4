/** Tests that every store must pass. */
import { readFileSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { folderOfEachTest } from "../system/files/temporary-folder.testkit.js";
import type { Store } from "./store.js";

/** @param open opens an empty store in a new folder, for each test */
export function storeContract(name: string, open: (folder: string) => Promise<Store>): void {
  describe(`${name} as a store`, () => {
    const at = folderOfEachTest("store");
    let store: Store;
    beforeEach(async () => {
      store = await open(at("store"));
    });

    const text = async (key: string) => {
      const bytes = await store.get(key);
      return bytes && new TextDecoder().decode(bytes);
    };
    const keys = async (prefix: string) => {
      const found: string[] = [];
      for await (const { key } of store.list(prefix)) found.push(key);
      return found;
    };

    it("returns stored values of any size, and nothing for missing keys", async () => {
      await store.put("a/b.json", "first");
      await store.put("a/b.json", "second");
      const large = new Uint8Array(300_000).map((_, i) => i % 251);
      await store.put("large", large);
      await store.put("empty", "");
      expect(await text("a/b.json")).toBe("second");
      expect(Buffer.compare(Buffer.from((await store.get("large"))!), Buffer.from(large))).toBe(0);
      expect(await text("empty")).toBe("");
      expect(await store.get("a")).toBeUndefined();
      expect([await store.exists("a/b.json"), await store.exists("a"), await store.exists("c")]).toEqual([
        true,
        false,
        false,
      ]);
    });

    it("lets only one of many writers create a key", async () => {
      const wins = await Promise.all(
        Array.from({ length: 8 }, (_, i) => store.putIfAbsent("lock", `writer ${i}`)),
      );
      expect(wins.filter(Boolean)).toHaveLength(1);
      expect(await text("lock")).toBe(`writer ${wins.indexOf(true)}`);
      expect(await store.putIfAbsent("lock", "late")).toBe(false);
    });

    it("lists by prefix, in the order of the keys", async () => {
      for (const key of ["runs/b/1", "runs/a.json", "runs/a/2", "runs/a/10", "other"])
        await store.put(key, key);
      expect(await keys("runs/")).toEqual(["runs/a.json", "runs/a/10", "runs/a/2", "runs/b/1"]);
      expect(await keys("runs/a")).toEqual(["runs/a.json", "runs/a/10", "runs/a/2"]);
      expect(await keys("none/")).toEqual([]);
      for await (const { size, modified } of store.list("other"))
        expect([size, Math.abs(Date.now() - modified) < 60_000]).toEqual([5, true]);
    });

    it("copies files in and out", async () => {
      writeFileSync(at("in"), "contents");
      await store.putFile("files/x", at("in"));
      expect(await store.getFile("files/x", at("deep", "out"))).toBe(true);
      expect(readFileSync(at("deep", "out"), "utf8")).toBe("contents");
      expect(await store.getFile("files/y", at("none"))).toBe(false);
    });

    it("touches existing keys", async () => {
      await store.put("x/y", "1");
      expect([await store.touch("x/y"), await store.touch("x"), await store.touch("z")]).toEqual([
        true,
        false,
        false,
      ]);
      expect(await text("x/y")).toBe("1");
    });

    it("deletes keys, even missing ones", async () => {
      await store.put("x/y", "1");
      await store.delete("x/y");
      await store.delete("x/y");
      expect([await store.exists("x/y"), await keys("")]).toEqual([false, []]);
    });

    it.each(["../up", "/abs", "a//b", "a/./b", "", "a\\b"])("refuses the key %j", async (key) => {
      await expect(store.put(key, "x")).rejects.toThrow("invalid key");
      await expect(store.get(key)).rejects.toThrow("invalid key");
    });
  });
}
