/** One hash of a flow's code: its module and every module that it imports by a relative path, whatever they are worth. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const imports = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

/** @param url the flow's module, built */
export function codeHash(url: string): string {
  const seen = new Set<string>();
  const hash = createHash("sha256");
  const visit = (path: string) => {
    if (seen.has(path) || !existsSync(path)) return;
    seen.add(path);
    const text = readFileSync(path, "utf8");
    hash.update(text);
    for (const [, target] of text.matchAll(imports)) visit(resolve(dirname(path), target!));
  };
  visit(fileURLToPath(url));
  return hash.digest("hex").slice(0, 16);
}
