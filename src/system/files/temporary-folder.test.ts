import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { distPath, removeTemporary, temporaryFolder } from "../index.js";

afterEach(() => vi.unstubAllEnvs());

it("makes a new folder each time", async () => {
  const made = await Promise.all([temporaryFolder("tried"), temporaryFolder("tried")]);
  try {
    expect(new Set(made).size).toBe(2);
    for (const folder of made) expect([dirname(folder), existsSync(folder)]).toEqual([tmpdir(), true]);
  } finally {
    for (const folder of made) await removeTemporary(folder);
  }
});

it("is removed when its process exits, as a verb does that leaves Ctrl-C to the command", () => {
  const script = `const { temporaryFolder } = await import(${JSON.stringify(distPath("system/index.js"))});
    const { writeFileSync } = await import("node:fs");
    const folder = await temporaryFolder("tried");
    writeFileSync(folder + "/spilled", "");
    process.on("SIGINT", () => process.exit(130));
    console.log(folder);
    process.kill(process.pid, "SIGINT");
    setTimeout(() => {}, 60_000);`;
  const { stdout, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  expect(status).toBe(130);
  expect(stdout.trim()).toContain("segue-tried-");
  expect(existsSync(stdout.trim())).toBe(false);
});

it("points to TMPDIR if no folder can be made", async () => {
  const nowhere = join(tmpdir(), "segue-is-not-there");
  vi.stubEnv("TMPDIR", nowhere);
  await expect(temporaryFolder("tried")).rejects.toMatchObject({
    message: `cannot use ${nowhere}: there is no such file or folder`,
    hint: expect.stringContaining("TMPDIR="),
    code: "disk",
  });
});
