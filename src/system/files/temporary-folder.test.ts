import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { temporaryFolder } from "../index.js";

afterEach(() => vi.unstubAllEnvs());

it("makes a new folder each time", async () => {
  const made = await Promise.all([temporaryFolder("tried"), temporaryFolder("tried")]);
  try {
    expect(new Set(made).size).toBe(2);
    for (const folder of made) expect([dirname(folder), existsSync(folder)]).toEqual([tmpdir(), true]);
  } finally {
    for (const folder of made) await rm(folder, { recursive: true });
  }
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
