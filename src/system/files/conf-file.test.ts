import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readConfFile } from "./conf-file.js";
import { folderOfTests } from "./temporary-folder.testkit.js";

const folder = folderOfTests("conf");
const at = (name: string) => join(folder, name);

it("says why a file cannot be read, and does not begin to read what never ends", async () => {
  expect(await readConfFile(at("none.yml"), "x")).toBeUndefined();
  mkdirSync(at("folder.yml"));
  await expect(readConfFile(at("folder.yml"), "x")).rejects.toMatchObject({
    message: expect.stringMatching(/^cannot use .*folder\.yml: it is a folder$/),
    hint: "name a file",
  });
  execFileSync("mkfifo", [at("pipe.yml")]);
  await expect(readConfFile(at("pipe.yml"), "x")).rejects.toMatchObject({
    message: `${at("pipe.yml")} is not an ordinary file`,
    exitCode: 2,
  });
});
