/** Checks the links of the documentation: every linked file and heading must exist. External links are not checked. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pagesIn = (folder, recursive = false) =>
  readdirSync(join(root, folder), { recursive })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
const pages = [...pagesIn("."), ...pagesIn("bench"), ...pagesIn("docs", true)];

/** A page's text without fenced code blocks, whose brackets are not links. */
const proseOf = (page) => readFileSync(join(root, page), "utf8").replace(/^```[\s\S]*?^```/gm, "");

/** The anchors of headings, as GitHub makes them. */
function anchorsOf(page) {
  const seen = new Map();
  return new Set(
    [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => {
      const name = heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replace(/\s/g, "-");
      const before = seen.get(name) ?? 0;
      seen.set(name, before + 1);
      return before === 0 ? name : `${name}-${before}`;
    }),
  );
}

const problems = [];
let links = 0;
for (const page of pages) {
  const lines = proseOf(page).replace(/`[^`\n]*`/g, "");
  for (const [, target] of lines.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    links++;
    const [path, anchor] = target.split("#");
    const file = path === "" ? page : relative(root, join(root, dirname(page), path));
    if (!existsSync(join(root, file))) problems.push(`${page}: there is no ${target}`);
    else if (anchor !== undefined && !anchorsOf(file).has(anchor))
      problems.push(`${page}: ${file} has no heading for #${anchor}`);
  }
}
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(`${links} links of ${pages.length} pages lead somewhere`);
