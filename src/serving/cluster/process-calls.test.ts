import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { ProcessCalls } from "./process-calls.js";

it("rejects a call to a process that has ended, instead of ending this one", async () => {
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const calls = new ProcessCalls(other, {});
  other.kill("SIGKILL");
  await once(other, "disconnect");
  await expect(calls.call("reload")).rejects.toThrow("the other process has ended");
});
