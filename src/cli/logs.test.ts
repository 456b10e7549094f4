/** `segue logs` as users run it, beside a run that is under way. */
import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { FolderStore } from "../storage/index.js";
import { folderOfTests } from "../system/files/temporary-folder.testkit.js";
import { distPath } from "../system/index.js";
import { type AnyFlow, openClient, runFlow } from "../workflow/index.js";

const fixtures = new URL("../workflow/fixtures/flows.mjs", import.meta.url).href;

const folder = folderOfTests("logs");

async function segue(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [distPath("cli/main.js"), ...args, "--datastore", folder]);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

describe("segue logs", () => {
  it("follows a task through its attempts, and shows one of them when it is over", async () => {
    const { chatty } = (await import(/* @vite-ignore */ fixtures)) as Record<string, AnyFlow>;
    const store = new FolderStore(folder);
    const running = runFlow(chatty!, { folder }, { store, maxWorkers: 1 });
    for (;;) {
      const { latestRun } = openClient(store).flow("chatty");
      const lines = await latestRun
        .task("start")
        .logs()
        .catch(() => []);
      if (lines.length > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const followed = await segue("logs", "chatty/start", "--follow", "--stdout");
    expect((await running).status).toBe("done");
    // The reader may take its time to start, but not three attempts and two pauses; the last two it must see.
    const printed = followed.stdout.trim().split("\n");
    expect(followed.code, followed.stderr).toBe(0);
    expect(printed.slice(-3)).toEqual(["attempt 2 begins", "attempt 3 begins", "luck"]);
    expect(new Set(printed).size).toBe(printed.length);
    expect(followed.stderr).toContain("attempt 2 failed (no luck with 2); attempt 3:");

    const last = await segue("logs", "chatty/start", "--stdout");
    expect(last).toMatchObject({ code: 0, stdout: "attempt 3 begins\nluck\n", stderr: "" });
    const first = await segue("logs", "chatty/start", "--attempt", "1", "--follow", "--stdout");
    expect(first).toMatchObject({ code: 0, stdout: "attempt 1 begins\n", stderr: "" });
    const none = await segue("logs", "chatty/start", "--attempt", "4");
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("had no attempt 4") });
  });

  it("waits for a task that has not begun, if it is to follow it", async () => {
    const { chatty } = (await import(/* @vite-ignore */ fixtures)) as Record<string, AnyFlow>;
    const store = new FolderStore(folder);
    const running = runFlow(chatty!, { folder }, { store, maxWorkers: 1 });
    const status = async () => (await openClient(store).flow("chatty").runs({ limit: 1 }))[0]?.status;
    while ((await status()) !== "running") await new Promise((resolve) => setTimeout(resolve, 20));
    const followed = await segue("logs", "chatty/end", "--follow");
    expect((await running).status).toBe("done");
    expect(followed).toEqual({
      code: 0,
      stdout: "",
      stderr: "end/0 has not begun yet; waiting for it\n",
    });
  });
});
