import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bornOf, isAlive } from "./processes.js";

describe("a process", () => {
  it("is alive while it runs, and not when it has ended", async () => {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    const pid = child.pid!;
    expect(isAlive(pid)).toBe(true);
    expect(isAlive(pid, bornOf(pid))).toBe(true);
    child.stdin.end();
    await once(child, "exit");
    expect(isAlive(pid)).toBe(false);
    expect(bornOf(pid)).toBeUndefined();
  });

  it.skipIf(!existsSync("/proc/self/stat"))("is another one if it began at another time", () => {
    expect(isAlive(process.pid, bornOf(process.pid))).toBe(true);
    expect(isAlive(process.pid, "1")).toBe(false);
  });
});
