import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { codeHash } from "./code-hash.js";

it("is of a module and those that it imports, and passes over a folder that only a comment names", () => {
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
