/** The API keys of an endpoint, which may change while it runs. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { readApiKeys } from "../../serving/index.js";
import { distPath } from "../../system/index.js";
import { segue, servedModels, serving } from "./serve.testkit.js";

const at = servedModels();
const exec = promisify(execFile);

it("refuses a pipe as API key file", async () => {
  await exec("mkfifo", [at("pipe")]);
  const { code, stderr } = await segue("serve", at("models"), "--port", "0", "--api-key-file", at("pipe"));
  expect(stderr).toContain(`${at("pipe")} is a pipe`);
  expect(code).toBe(2);
});

it.each([
  ["missing-keys", undefined, "there is no API key file"],
  ["empty-keys", "# none yet\n", "holds no key"],
] as const)("says how to make %s", async (name, text, message) => {
  const file = at(name);
  if (text !== undefined) await writeFile(file, text);
  const { code, stderr } = await segue("serve", at("models"), "--port", "0", "--api-key-file", file);
  expect(stderr).toContain(message);
  expect(stderr).toContain(`→ write one key per line into it, such as what "openssl rand -hex 24" prints`);
  expect(code).toBe(2);
});

it("accepts no key of blanks", async () => {
  await expect(readApiKeys({ environment: { SEGUE_API_KEY: " " } })).rejects.toThrow(
    "the API key at SEGUE_API_KEY is too short",
  );
  expect(await readApiKeys({ environment: { SEGUE_API_KEY: "" } })).toEqual([]);
});

it.each(["1", "2"])(
  "replaces its API keys on SIGHUP without a refused request, with %s workers",
  async (workers) => {
    const [old, next] = ["the-old-key-of-clients", "the-next-key-of-clients"];
    const file = at(`keys-${workers}`);
    await writeFile(file, `${old}\n`);
    const args = [
      at("models/20260101-a"),
      "--workers",
      workers,
      "--api-key-file",
      file,
      "--log-level",
      "info",
    ];
    await serving(args, {}, async (url, log) => {
      const { pid } = (await (await fetch(`${url}/healthz`)).json()) as { pid: number };
      const ask = async (key: string) =>
        (await fetch(`${url}/v1/tracks?q=one`, { headers: { "x-api-key": key, connection: "close" } }))
          .status;
      const lines = (message: string) =>
        log()
          .split("\n")
          .filter((line) => line.includes(`"msg":"${message}`));
      const hangUp = async (text: string, message: string, count: number) => {
        await writeFile(file, text);
        const before = lines(message).length;
        process.kill(pid, "SIGHUP");
        await expect.poll(() => lines(message).length).toBe(before + count);
      };
      const replaced = (text: string) => hangUp(text, "API keys replaced", Number(workers));

      let key = old!;
      const statuses = new Set<number>();
      let going = true;
      const client = (async () => {
        while (going) statuses.add(await ask(key));
      })();
      expect(await ask(next!)).toBe(401);
      await replaced(`${old}\n${next}\n`);
      key = next!;
      for (let i = 0; i < 4; i++) expect([await ask(old!), await ask(next!)]).toEqual([200, 200]);
      await replaced(`# the only one\n${next}\n`);
      for (let i = 0; i < 4; i++) expect([await ask(old!), await ask(next!)]).toEqual([401, 200]);
      // What is no file of keys changes nothing.
      for (const wrong of ["short\n", ""]) await hangUp(wrong, "the API keys cannot be reread", 1);
      if (workers === "2") {
        const [worker] = lines("endpoint ready").map((line) => JSON.parse(line) as { pid: number });
        going = false;
        await client;
        process.kill(worker!.pid, "SIGKILL");
        await expect.poll(() => lines("endpoint ready").length).toBe(3);
      }
      for (let i = 0; i < 4; i++) expect([await ask(old!), await ask(next!)]).toEqual([401, 200]);
      going = false;
      await client;
      expect([...statuses]).toEqual([200]);
      expect(log()).not.toMatch(/the-old-key|the-next-key|short\n/);
    });
  },
);

it("takes its file of API keys from the environment, as the container does, and rereads it", async () => {
  const [old, next] = ["the-old-key-of-clients", "the-next-key-of-clients"] as const;
  const env = { SEGUE_API_KEY_FILE: at("keys-of-environment") };
  await writeFile(env.SEGUE_API_KEY_FILE, old);
  await serving([at("models/20260101-a")], env, async (url) => {
    const send = async (path: string, method: string, key: string) =>
      (await fetch(url + path, { method, headers: { "x-api-key": key, connection: "close" } })).status;
    expect((await fetch(`${url}/v1/tracks?q=one`)).status).toBe(401);
    await writeFile(env.SEGUE_API_KEY_FILE, next);
    expect(await send("/admin/reload", "POST", old)).toBe(200);
    expect(await send("/v1/tracks?q=one", "GET", next)).toBe(200);
  });
  await expect(readApiKeys({ environment: { SEGUE_API_KEY_FILE: at("no-keys") } })).rejects.toThrow(
    "there is no API key file",
  );
  expect(await readApiKeys({ environment: { SEGUE_API_KEY_FILE: "" } })).toEqual([]);
});

it.each(["1", "2"])("rereads its API keys on /admin/reload, with %s workers", async (workers) => {
  const [old, next] = ["the-old-key-of-clients", "the-next-key-of-clients"] as const;
  const file = at(`reloaded-keys-${workers}`);
  await writeFile(file, old);
  const args = [at("models/20260101-a"), "--workers", workers, "--api-key-file", file];
  await serving(args, {}, async (url) => {
    const send = async (path: string, method: string, key: string) =>
      (await fetch(url + path, { method, headers: { "x-api-key": key, connection: "close" } })).status;
    await writeFile(file, next);
    expect(await send("/admin/reload", "POST", old)).toBe(200);
    for (let i = 0; i < 4; i++) {
      expect(await send("/v1/tracks?q=one", "GET", next)).toBe(200);
      expect(await send("/v1/tracks?q=one", "GET", old)).toBe(401);
    }
    await rm(file);
    const headers = { "x-api-key": next };
    const reloaded = await fetch(`${url}/admin/reload`, { method: "POST", headers });
    expect(await reloaded.json()).toMatchObject({ keys_kept: `there is no API key file ${file}` });
    expect(await send("/v1/tracks?q=one", "GET", next)).toBe(200);
  });
});

it("reads its API keys again at /admin/reload while other workers are starting", async () => {
  const file = at("early-keys");
  const key = "the-only-key-of-clients";
  await writeFile(file, key);
  const args = ["serve", at("models"), "--port", "0", "--workers", "3", "--api-key-file", file];
  const server = spawn(process.execPath, [distPath("cli/main.js"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(server, "exit");
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const first = () => /"url":"([^"]+)"/.exec(log)?.[1];
  try {
    await expect.poll(first, { interval: 5 }).toBeDefined();
    const reloaded = await fetch(`${first()}/admin/reload`, {
      method: "POST",
      headers: { "x-api-key": key },
    });
    expect(await reloaded.json()).toEqual({ version: expect.any(String), changed: false });
  } finally {
    server.kill("SIGTERM");
  }
  expect(await ended).toEqual([0, null]);
});

it.each([
  [{}, "there are no API keys to reread, and everybody may call", 0, 200],
  [{ SEGUE_API_KEY: "the-key-of-all-clients" }, "API keys unchanged", 1, 401],
] as const)(
  "says at SIGHUP that there is no file of API keys to reread: with %j",
  async (env, message, keys, status) => {
    const args = [at("models/20260101-a"), "--log-level", "info"];
    await serving(args, { SEGUE_API_KEY: "", ...env }, async (url, log) => {
      expect(log()).toMatch(new RegExp(`"keys":${keys},"msg":"endpoint ready"`));
      const { pid } = (await (await fetch(`${url}/healthz`)).json()) as { pid: number };
      process.kill(pid, "SIGHUP");
      await expect.poll(log).toContain(`"msg":"${message}`);
      // The bundle is opened again all the same.
      await expect.poll(log).toContain('"msg":"model reloaded"');
      expect((await fetch(`${url}/v1/tracks?q=one`)).status).toBe(status);
    });
  },
);
