/** Checks that README shows what `npm start` printed into the file given: the same models, figures and answers. Times differ. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [output] = process.argv.slice(2);
const readme = readFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8");

/** The lines of a text without what differs from run to run. */
const linesOf = (text) =>
  text
    .split("\n")
    .map((line) =>
      line
        .replace(/\d+\.\d m?s\b/g, "")
        .replace(/\s+/g, " ")
        .trim(),
    )
    .filter((line) => line !== "" && line !== "…");

const shown = linesOf(/^`npm start`[\s\S]*?```text\n([\s\S]*?)```/m.exec(readme)?.[1] ?? "");
const printed = new Set(linesOf(readFileSync(output, "utf8")));
const missing = shown.filter((line) => !printed.has(line));
for (const line of missing) console.error(`README shows, but npm start did not print: ${line}`);
console.log(`${shown.length} lines of README compared, ${missing.length} differ`);
process.exitCode = shown.length === 0 || missing.length > 0 ? 1 : 0;
