import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { codeHash } from "./code-hash.js";

it("covers a module and its imports, and ignores a folder named only in a comment", () => {
  const folder = mkdtempSync(join(tmpdir(), "segue-code-"));
  try {
    mkdirSync(join(folder, "data"));
    writeFileSync(join(folder, "part.js"), "export const a = 1;");
    writeFileSync(join(folder, "flow.js"), '// taken from "./data"\nexport { a } from "./part.js";');
    const hash = () => codeHash(pathToFileURL(join(folder, "flow.js")).href);
    const before = hash();
    expect(hash()).toBe(before);
    writeFileSync(join(folder, "part.js"), "export const a = 2;");
    expect(hash()).not.toBe(before);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
