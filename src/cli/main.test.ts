/** What the command does where its output cannot be written. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { distPath } from "../system/index.js";

const shell = (command: string) => {
  const { status, stdout, stderr } = spawnSync("bash", ["-o", "pipefail", "-c", command], {
    encoding: "utf8",
    env: { ...process.env, NODE: process.execPath, SEGUE: distPath("cli/main.js"), NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
};

it.skipIf(!existsSync("/dev/full"))("says in a line that standard output is full, and fails", () => {
  for (const asked of ["--version", "evaluate --help"])
    expect(shell(`"$NODE" "$SEGUE" ${asked} > /dev/full`)).toEqual({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(/^error: cannot use standard output: the disk is full\n {2}→ [^\n]+\n$/),
    });
  expect(shell(`"$NODE" "$SEGUE" nonsense 2> /dev/full`).status).toBe(2);
});

it("is quiet where a reader has seen enough", () => {
  expect(shell(`"$NODE" "$SEGUE" run --help | true`)).toEqual({ status: 0, stdout: "", stderr: "" });
});
