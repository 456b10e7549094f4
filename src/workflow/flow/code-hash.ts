/** Hashes a flow's code: its module, and every module that it imports by a relative path. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const imports = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

/** @param url the flow's compiled module */
export function codeHash(url: string): string {
  const hash = createHash("sha256");
  for (const { text } of ownModules(url)) hash.update(text);
  return hash.digest("hex").slice(0, 16);
}

/** A module, and every one that it imports by a relative path, directly or not. */
export function ownModules(url: string): ReadonlyArray<{ readonly path: string; readonly text: string }> {
  const modules = new Map<string, string>();
  const visit = (path: string) => {
    // Something that only looks like an import, in a comment or a string, may name a folder.
    if (modules.has(path) || !statSync(path, { throwIfNoEntry: false })?.isFile()) return;
    const text = readFileSync(path, "utf8");
    modules.set(path, text);
    for (const [, target] of text.matchAll(imports)) visit(resolve(dirname(path), target!));
  };
  visit(fileURLToPath(url));
  return [...modules].map(([path, text]) => ({ path, text }));
}
