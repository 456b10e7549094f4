import { execFileSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderOfTests } from "./files/temporary-folder.testkit.js";
import { distPath } from "./index.js";

const folder = folderOfTests("assets");

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
