/** Checks that a bench's requirements are present: packages that Segue itself does not need, and files of its repository. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { packageRoot, SegueError } from "../system/index.js";

/** `… from "x"` and `import("x")`: the only two forms that our benches use. */
const imported = /(?:\bfrom |\bimport\()"([^"]+)"/g;

/** @throws SegueError if the script, or a script beside it that it imports, needs something that is not installed; says what to do */
export function checkBenchNeeds(script: string, name: string): void {
  const { packages, files } = needsOf(script);
  if (files.length > 0)
    throw new SegueError(`the bench "${name}" needs files that only Segue's repository has: ${files[0]}`, {
      hint: `in a clone of it: npm ci && npm run build && node bench/${name}.mjs`,
      code: "bench-needs",
    });
  if (packages.length > 0)
    throw new SegueError(`the bench "${name}" needs ${packages.join(" and ")}, not installed here`, {
      hint: `npm install --no-save ${packages.map(withVersion).join(" ")}`,
      code: "bench-needs",
    });
}

function needsOf(script: string) {
  const packages = new Set<string>();
  const files = new Set<string>();
  const seen = new Set<string>();
  const { resolve: find } = createRequire(script);
  const visit = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const [, what] of readFileSync(path, "utf8").matchAll(imported)) {
      if (what!.startsWith(".")) {
        const file = resolve(dirname(path), what!);
        if (!existsSync(file)) files.add(what!);
        else if (dirname(file) === dirname(script)) visit(file);
      } else if (!isThere(what!)) packages.add(packageOf(what!));
    }
  };
  const isThere = (what: string) => {
    try {
      find(what);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND";
    }
  };
  visit(script);
  return { packages: [...packages], files: [...files] };
}

/** "assemblyscript/asc" → "assemblyscript". */
const packageOf = (what: string) =>
  what
    .split("/")
    .slice(0, what.startsWith("@") ? 2 : 1)
    .join("/");

/** Adds the version that Segue's own figures were measured with. */
function withVersion(name: string): string {
  const { devDependencies = {} } = JSON.parse(readFileSync(`${packageRoot}/package.json`, "utf8")) as {
    devDependencies?: Record<string, string>;
  };
  return devDependencies[name] === undefined ? name : `${name}@${devDependencies[name]}`;
}
