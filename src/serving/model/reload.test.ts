import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import type { ModelSource } from "../model/model-source.js";
import { changingSource, recommend, songModel, songServers } from "../serving.testkit.js";

const start = songServers();

it("closes the model if it cannot start", async () => {
  const source = changingSource();
  const plugins = [() => Promise.reject(new Error("no such table"))];
  await expect(start({ model: source, plugins })).rejects.toThrow("no such table");
  expect(source.closed).toEqual(["v1"]);
});

it("switches to a new model without a failed request, and closes the old one", async () => {
  const source = changingSource();
  const server = await start({ model: source });
  const seen = new Set<string>();
  let going = true;
  const load = Array.from({ length: 8 }, async () => {
    while (going) {
      const answer = await recommend(server.url);
      expect(answer.status).toBe(200);
      seen.add(((await answer.json()) as { bundle: string }).bundle);
    }
  });
  for (let version = 2; version <= 5; version++) {
    await expect.poll(() => seen.has(`v${version - 1}`)).toBe(true);
    source.version = `v${version}`;
    expect(await server.reload()).toEqual({ version: `v${version}`, changed: true });
  }
  await expect.poll(() => seen.has("v5")).toBe(true);
  going = false;
  await Promise.all(load);
  expect([...seen].sort()).toEqual(["v1", "v2", "v3", "v4", "v5"]);
  expect(source.closed).toEqual(["v1", "v2", "v3", "v4"]);
});

it("reloads once more for all requests made during a reload", async () => {
  const source = changingSource();
  let opened = 0;
  const slow: ModelSource = {
    ...source,
    open: async () => {
      opened++;
      const model = await songModel(source.version);
      await wait(100);
      return model;
    },
  };
  const server = await start({ model: slow });
  const first = server.reload();
  await wait(50);
  source.version = "v2";
  const others = Array.from({ length: 10 }, () => server.reload());
  expect((await first).version).toBe("v1");
  for (const { version } of await Promise.all(others)) expect(version).toBe("v2");
  expect(opened).toBe(3);
  expect((await server.reload()).changed).toBe(false);
});

it("notices a newer model by itself, and keeps the old one if the new one is broken", async () => {
  const source = changingSource();
  const { url } = await start({ model: source, watchInterval: 20 });
  const version = async () => ((await (await fetch(`${url}/readyz`)).json()) as { bundle: string }).bundle;
  source.version = "v2";
  await expect.poll(version).toBe("v2");
  source.version = "v3";
  source.broken = true;
  await expect
    .poll(async () => (await fetch(`${url}/metrics`)).text())
    .toMatch(/segue_reloads_total\{outcome="failed"\} [1-9]/);
  expect(await version()).toBe("v2");
  source.broken = false;
  await expect.poll(version).toBe("v3");
});

it("says why if there is no model any more, but not of a moment between two", async () => {
  const source = changingSource();
  let looks = 0;
  let missing: (look: number) => boolean = (look) => look === 2;
  const model: ModelSource = {
    ...source,
    fingerprint: async () => {
      if (missing(++looks)) throw new Error("current leads nowhere");
      return source.version;
    },
  };
  const { url } = await start({ model, watchInterval: 20 });
  const metrics = async () => (await fetch(`${url}/metrics`)).text();
  await expect.poll(() => looks).toBeGreaterThan(4);
  expect(await metrics()).toContain('segue_reloads_total{outcome="failed"} 0');
  source.broken = true;
  missing = () => true;
  await expect.poll(metrics).toMatch(/segue_reloads_total\{outcome="failed"\} [1-9]/);
  source.version = "v2";
  source.broken = false;
  missing = () => false;
  await expect
    .poll(async () => ((await (await fetch(`${url}/readyz`)).json()) as { bundle: string }).bundle)
    .toBe("v2");
});

it("switches to a model that appeared while the previous one was being opened", async () => {
  const source = changingSource();
  const model: ModelSource = {
    ...source,
    fingerprint: async () => source.version,
    open: async () => {
      const opened = await source.open();
      source.version = "v2";
      return opened;
    },
  };
  const { url } = await start({ model, watchInterval: 20 });
  await expect
    .poll(async () => ((await (await fetch(`${url}/readyz`)).json()) as { bundle: string }).bundle)
    .toBe("v2");
});

it("switches to a model once it is complete", async () => {
  const source = changingSource();
  let tries = 0;
  // As a bundle that is copied into its place: its manifest stays as it is while the other files come.
  const model: ModelSource = {
    ...source,
    fingerprint: async () => source.version,
    open: () => {
      tries++;
      return source.open();
    },
  };
  const { url } = await start({ model, watchInterval: 20 });
  const version = async () => ((await (await fetch(`${url}/readyz`)).json()) as { bundle: string }).bundle;
  source.version = "v2";
  source.broken = true;
  await wait(700);
  // One of the start, and 20, 60, 140, 300 and 620 ms after the first that failed.
  expect(tries).toBeLessThan(10);
  expect(await version()).toBe("v1");
  source.broken = false;
  await expect.poll(version).toBe("v2");
  tries = 0;
  await wait(200);
  expect(tries).toBe(0);
});

it("refuses /admin/reload if no API keys are set", async () => {
  const { url } = await start({ model: changingSource() });
  const refused = await fetch(`${url}/admin/reload`, { method: "POST" });
  expect(refused.status).toBe(403);
});
