import { execFileSync } from "node:child_process";
import { constants, openSync, readSync } from "node:fs";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { testFolder } from "../bundle/bundle.testkit.js";
import { PipedLog } from "./piped-log.js";

const at = testFolder();

/** A pipe that nobody reads until `read` is called, which takes all that is in it. */
function pipe(name: string) {
  execFileSync("mkfifo", [at(name)]);
  const fd = openSync(at(name), constants.O_RDWR | constants.O_NONBLOCK);
  const stream = new Socket({ fd: openSync(at(name), constants.O_WRONLY), readable: false });
  const bytes = Buffer.alloc(1 << 20);
  const read = async (): Promise<string> => {
    let text = "";
    for (let quiet = 0; quiet < 5; ) {
      try {
        text += bytes.toString("utf8", 0, readSync(fd, bytes));
        quiet = 0;
      } catch {
        quiet++;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return text;
  };
  return { stream, read };
}

describe("a log through a pipe", () => {
  it("keeps what fits while nobody reads, and tells how many lines it lost", async () => {
    const { stream, read } = pipe("full");
    const mostKept = 50_000;
    const log = new PipedLog({ stream, mostKept, onLost: (lines) => log.write(`lost ${lines}\n`) });
    const lineOf = (i: number) => `${String(i).padStart(6, "0")} ${"é".repeat(40)}\n`;
    const count = 5_000;
    for (let i = 0; i < count; i++) log.write(lineOf(i));
    expect(await log.written(50)).toBe(false);
    const first = (await read()).split("\n").slice(0, -1);
    expect(await log.written(1_000)).toBe(true);
    const told = first.filter((line) => line.startsWith("lost"));
    const kept = first.filter((line) => !line.startsWith("lost"));
    expect(kept).toEqual(kept.map((_, i) => lineOf(i).trimEnd()));
    expect(told).toEqual([`lost ${count - kept.length}`]);
    // The pipe itself holds 64 KiB.
    expect(kept.length * Buffer.byteLength(lineOf(0))).toBeGreaterThan(mostKept);
    expect(kept.length * Buffer.byteLength(lineOf(0))).toBeLessThan(mostKept + 70_000);
    log.write("again\n");
    expect(await read()).toBe("again\n");
    stream.destroy();
    log.write("nobody\n");
    expect(await log.written(0)).toBe(true);
  });
});
