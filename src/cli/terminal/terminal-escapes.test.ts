/** What names in playlists could do to a terminal: asked in a real one, by `script` of util-linux. */
import { spawnSync } from "node:child_process";
import { afterAll, expect, it } from "vitest";
import { distPath, shellWord } from "../../system/index.js";
import { ScratchProject } from "../project.testkit.js";

const project = new ScratchProject();
afterAll(() => project.remove());

function inTerminal(...args: string[]): string {
  const command = [process.execPath, distPath("cli/main.js"), ...args].map(shellWord).join(" ");
  const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], {
    cwd: project.folder,
    // Plain lines instead of redrawn ones.
    env: { ...process.env, TERM: "dumb", SEGUE_DATASTORE: undefined },
    encoding: "utf8",
  });
  return stdout;
}

const hasScript = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux");
if (!hasScript)
  console.log("terminals skipped: there is no script(1) of util-linux (apt-get install bsdutils)");

it.skipIf(!hasScript)("escapes in what a step prints and shows do not reach it", () => {
  project.writeFlows(
    "names.js",
    `export const names = segue.flow("names", { module: import.meta.url }).step("start", ({ card }) => {
      console.log("by \\x1b]0;Nobody\\x07", "\\x1b[8mNo one");
      card.markdown("by \\x1b]0;Nobody\\x07");
    });`,
  );
  for (const args of [
    ["run", "./names.js"],
    ["card", "names/start"],
  ]) {
    const shown = inTerminal(...args);
    expect(shown, args[0]).toContain("by \\u001b]0;Nobody\\u0007");
    expect(shown, args[0]).not.toContain("\x1b");
  }
  expect(inTerminal("logs", "names/start")).toBe("by  No one\r\n");
  expect(inTerminal("runs", "--\x1b[8mlimit")).toContain("unknown option '--\\u001b[8mlimit'");
});
