/** Commands that messages and pages tell people to type have the options that they are written with. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { packageRoot } from "../../system/index.js";
import { createProgram } from "../program.js";
import { ScratchProject } from "../project.testkit.js";

const project = new ScratchProject();
afterAll(() => project.remove());

const optionsIn = (text: string) => [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option);

it("names only options that the command has", async () => {
  const options = new Map<string, readonly string[]>();
  for (const verb of createProgram().commands.map((command) => command.name()))
    options.set(verb, optionsIn((await project.segueHere(verb, "--help")).stdout));
  const files = ["src", "docs", "conf", "web/src"].flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|md|yml|svelte)$/.test(name) && !/\.test(kit)?\.ts$/.test(name))
      .map((name) => join(folder, name)),
  );
  const wrong: string[] = [];
  let advised = 0;
  for (const file of ["README.md", ...files]) {
    const text = readFileSync(join(packageRoot, file), "utf8").replaceAll("\\\n", " ");
    // A command ends with its line, its quotes, or where another begins; in code "\n" ends a line, too.
    for (const [command, verb, rest] of text.matchAll(/\bsegue ([a-z]+)\b((?:(?!segue |\\n)[^\n`;·|)])*)/g))
      for (const option of options.has(verb!) ? optionsIn(rest!) : []) {
        advised++;
        const plain = option.replace("--no-", "--");
        if (!options.get(verb!)!.some((own) => own === option || (verb === "run" && own === plain)))
          wrong.push(`${file}: ${option} in "${command}"`);
      }
  }
  expect(wrong).toEqual([]);
  expect(advised).toBeGreaterThan(200);
});
