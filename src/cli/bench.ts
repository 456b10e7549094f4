/** `segue bench`: lists or runs the measurements behind every claim about speed and quality. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { didYouMean, exitCodeOf, misuse, packageRoot } from "../system/index.js";
import { checkBenchNeeds } from "./bench-needs.js";

export function registerBench(program: Command): void {
  program
    .command("bench")
    .description("list the benches, or run one on this machine with its peer")
    .argument("[name]", "the bench to run (default: list all)")
    .argument("[arguments...]", "arguments of the bench: a file, flags")
    .option("--json", "print the list as JSON")
    .passThroughOptions()
    .addHelpText(
      "after",
      `
Peers (gensim, pandas, scikit-learn, R) are measured in the same run if installed; otherwise a bench says what to
install and measures Segue alone.

Examples:
  segue bench
  segue bench track2vec-train playlists.csv --epochs 5
  segue bench nearest`,
    )
    .action(bench);
}

async function bench(
  name: string | undefined,
  given: readonly string[],
  options: { readonly json?: boolean },
): Promise<void> {
  const folder = join(packageRoot, "bench");
  const benches = await listBenches(folder);
  if (name === undefined) {
    if (options.json) console.log(JSON.stringify(benches));
    else {
      const width = Math.max(...benches.map((each) => each.name.length));
      for (const { name, measures } of benches) console.log(`${name.padEnd(width)}  ${measures}`);
    }
    return;
  }
  const names = benches.map((each) => each.name);
  if (!names.includes(name))
    throw misuse(`there is no bench "${name}"`, didYouMean(name, names, `there are: ${names.join(", ")}`));
  const script = join(folder, `${name}.mjs`);
  checkBenchNeeds(script, name);
  process.exitCode = await run(script, given);
}

/** The folder's benches, each with the first sentence of its head comment. */
async function listBenches(folder: string): Promise<Array<{ name: string; measures: string }>> {
  if (!existsSync(folder)) throw misuse("the benches are not in this installation", `wanted ${folder}`);
  const listed = [];
  for (const file of (await readdir(folder)).sort()) {
    if (!file.endsWith(".mjs")) continue;
    const comment = /^\/\*\*\n([\s\S]*?)\n \*\//.exec(await readFile(join(folder, file), "utf8"))?.[1];
    // A script that does not say how to call it is a helper of others.
    if (comment === undefined || !comment.includes(`node bench/${file}`)) continue;
    const text = comment
      .split("\n")
      .map((line) => line.replace(/^ \* ?/, ""))
      .join(" ")
      .replace(/^Claim: /, "");
    listed.push({ name: file.slice(0, -4), measures: /^.*?[.:](?= |$)/.exec(text)![0].slice(0, -1) });
  }
  return listed;
}

function run(script: string, given: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...given], { stdio: "inherit" });
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? exitCodeOf(signal!)));
  });
}
