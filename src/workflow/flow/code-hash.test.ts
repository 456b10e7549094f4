import { mkdirSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { codeHash } from "./code-hash.js";

const at = folderOfEachTest("code");

it("covers a module and its imports, and ignores a folder named only in a comment", () => {
  mkdirSync(at("data"));
  writeFileSync(at("part.js"), "export const a = 1;");
  writeFileSync(at("flow.js"), '// taken from "./data"\nexport { a } from "./part.js";');
  const hash = () => codeHash(pathToFileURL(at("flow.js")).href);
  const before = hash();
  expect(hash()).toBe(before);
  writeFileSync(at("part.js"), "export const a = 2;");
  expect(hash()).not.toBe(before);
});
