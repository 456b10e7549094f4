import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { distPath } from "../assets.js";

const exec = promisify(execFile);

it.each([
  ["--input-type=module", ""],
  ['--import=data:text/javascript,console.log("loaded")', "loaded\n"],
])("a thread inherits no flags of the process: %s", async (flag, printed) => {
  const thread = 'import { parentPort } from "node:worker_threads"; parentPort.postMessage("works");';
  const code = `
    import(${JSON.stringify(pathToFileURL(distPath("system/index.js")).href)}).then(({ ownThread }) => {
      const thread = ownThread(new URL("data:text/javascript," + encodeURIComponent(${JSON.stringify(thread)})));
      thread.on("message", console.log);
    });`;
  const { stdout } = await exec(process.execPath, [flag, "--eval", code], { timeout: 20_000 });
  expect(stdout).toBe(`${printed}works\n`);
});
