/** What the command does where its output cannot be written, and as process 1 of a container. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { distPath } from "../system/index.js";
import { ScratchProject } from "./project.testkit.js";

const shell = (command: string) => {
  const { status, stdout, stderr } = spawnSync("bash", ["-o", "pipefail", "-c", command], {
    encoding: "utf8",
    env: { ...process.env, NODE: process.execPath, SEGUE: distPath("cli/main.js"), NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
};

it.skipIf(!existsSync("/dev/full"))("fails with one line if standard output cannot be written", () => {
  for (const asked of ["--version", "evaluate --help"])
    expect(shell(`"$NODE" "$SEGUE" ${asked} > /dev/full`)).toEqual({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(/^error: cannot use standard output: the disk is full\n {2}→ [^\n]+\n$/),
    });
  expect(shell(`"$NODE" "$SEGUE" nonsense 2> /dev/full`).status).toBe(2);
});

it("fails with two lines if it cannot even be loaded", (context) => {
  const loaded = shell(`ulimit -n 40; "$NODE" "$SEGUE" runs`);
  if (loaded.status === 0) {
    console.log(
      "a command that cannot be loaded skipped: this Node.js opens one module at a time (Node 20 does not)",
    );
    context.skip();
  }
  expect(loaded).toEqual({
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(
      /^error: Segue could not be loaded: EMFILE: .*\n {2}→ raise .*: ulimit -n 4096\n$/,
    ),
  });
});

it.each(["runs", "run intermediate --input x.csv"])(
  "says of %s that its folder has been removed",
  (asked) => {
    const { folder } = new ScratchProject();
    expect(shell(`cd ${folder}; rmdir ${folder}; "$NODE" "$SEGUE" ${asked}`)).toEqual({
      status: 1,
      stdout: "",
      stderr:
        "error: the folder that you are in has been removed\n  → go to one that exists: cd /path/to/folder\n",
    });
  },
);

it("exits quietly if the reader closes the pipe", () => {
  expect(shell(`"$NODE" "$SEGUE" run --help | true`)).toEqual({ status: 0, stdout: "", stderr: "" });
});

it("continues a run after its reader has gone", () => {
  const project = new ScratchProject();
  project.writeFlows(
    "two.js",
    `export const one = segue.flow("one", { module: import.meta.url }).step("start", () => {}).step("end", () => {});
     export const two = segue.flow("two", { module: import.meta.url }).step("start", () => { throw new Error("no luck"); });`,
  );
  try {
    const segue = `cd ${project.folder} && "$NODE" "$SEGUE" run`;
    expect(shell(`${segue} ./two.js:one ./two.js:one | true`)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(shell(`${segue} ./two.js:two | true`).status).toBe(1);
    const { stdout } = project.segue("runs", "--json");
    expect(JSON.parse(stdout).map(({ status }: { status: string }) => status)).toEqual([
      "failed",
      "done",
      "done",
    ]);
  } finally {
    project.remove();
  }
});

const asProcess1 = ["--user", "--map-root-user", "--pid", "--fork", "--kill-child"];
const hasUnshare = spawnSync("unshare", [...asProcess1, "true"]).status === 0;
if (!hasUnshare)
  console.warn("skipped: process 1; it needs unshare (util-linux), and a kernel that lets users");

it.skipIf(!hasUnshare)(
  "ends on a signal as process 1 of a container, before any command handles it",
  async () => {
    const project = new ScratchProject();
    project.write(
      "slow.mjs",
      'setInterval(() => {}, 1000); console.log("loads"); await new Promise(() => {});',
    );
    const segue = [process.execPath, distPath("cli/main.js"), "run", "./slow.mjs"];
    const container = spawn("unshare", [...asProcess1, ...segue], {
      cwd: project.folder,
      timeout: 20_000,
      killSignal: "SIGKILL",
    });
    const ended = once(container, "exit");
    try {
      await once(container.stdout, "data");
      const first = readFileSync(`/proc/${container.pid}/task/${container.pid}/children`, "utf8");
      process.kill(Number(first), "SIGTERM");
      expect(await ended).toEqual([143, null]);
    } finally {
      container.kill("SIGKILL");
      project.remove();
    }
  },
);
