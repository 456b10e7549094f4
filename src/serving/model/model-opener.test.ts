import { rename } from "node:fs/promises";
import type { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { smallInput, testFolder } from "../../bundle/bundle.testkit.js";
import { writeBundle } from "../../bundle/index.js";
import { startServer } from "../server.js";
import { bundleSource } from "./bundle-source.js";
import type { ModelSource } from "./model-source.js";

const at = testFolder();

it("says that it is not ready if its model's thread dies, and reopens the model until that succeeds", async () => {
  await writeBundle(at("small"), (await smallInput()).input);
  const threads: Worker[] = [];
  const note = (thread: Worker) => void threads.push(thread);
  process.on("worker", note);
  const server = await startServer({ model: bundleSource(at("small")), logLevel: "silent" });
  process.off("worker", note);
  try {
    const ready = async () => (await fetch(`${server.url}/readyz`)).status;
    const recommend = async () => {
      const body = JSON.stringify({ context: ["Ártist 1-Track 1"], k: 3 });
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${server.url}/v1/recommend`, { method: "POST", headers, body });
      return [answer.status, ((await answer.json()) as { code?: string }).code];
    };
    expect([await ready(), await recommend()]).toEqual([200, [200, undefined]]);
    await rename(at("small"), at("away"));
    for (const thread of threads) await thread.terminate();
    expect([await ready(), await recommend()]).toEqual([503, [503, "no-model"]]);
    await rename(at("away"), at("small"));
    await expect.poll(ready).toBe(200);
    expect(await recommend()).toEqual([200, undefined]);
  } finally {
    await server.close();
  }
});

it("reopens a model whose thread dies before the endpoint is ready", async () => {
  await writeBundle(at("early"), (await smallInput()).input);
  const source = bundleSource(at("early"));
  const threads: Worker[] = [];
  const note = (thread: Worker) => void threads.push(thread);
  process.on("worker", note);
  let opened = 0;
  const model: ModelSource = {
    ...source,
    openBeside: async (hooks) => {
      const answerer = await source.openBeside!(hooks);
      if (++opened === 1) await threads[0]!.terminate();
      return answerer;
    },
  };
  const server = await startServer({ model, logLevel: "silent" });
  process.off("worker", note);
  try {
    const ready = async () => (await fetch(`${server.url}/readyz`)).status;
    await expect.poll(ready, { timeout: 10_000 }).toBe(200);
    expect(opened).toBe(2);
  } finally {
    await server.close();
  }
});
