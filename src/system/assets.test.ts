import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { distPath } from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "segue-assets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("says what to do if the kernels are missing, as when bundled into another program", () => {
  for (const file of ["assets.js", "errors/errors.js"])
    cpSync(distPath(`system/${file}`), join(folder, "app/assets", file));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(folder, "main.js"),
    `import { readKernel } from "./app/assets/assets.js";
    try { readKernel("encoder"); } catch ({ name, message, hint }) { console.log(name, message, hint); }`,
  );
  const said = execFileSync(process.execPath, ["main.js"], { cwd: folder, encoding: "utf8" });
  expect(said).toMatch(
    /^SegueError one of Segue's own files is missing: .*encoder\.wasm Mark Segue as external in a bundler/,
  );
});
