/** Runs gensim, if installed, as the reference. */
import { spawnSync } from "node:child_process";

export const python = process.env.SEGUE_PYTHON ?? "/usr/bin/python3";

export const hasGensim = spawnSync(python, ["-c", "import gensim"]).status === 0;
if (!hasGensim)
  console.log(
    `comparisons with gensim skipped: ${python} has no gensim (apt install python3-gensim, or set SEGUE_PYTHON)`,
  );

/** Runs a script that reads its input from `given` and leaves its answer in `answer`. */
export function askGensim(script: string, input: unknown): unknown {
  const program = `import json, sys\ngiven = json.load(sys.stdin)\n${script}\nprint(json.dumps(answer))`;
  const done = spawnSync(python, ["-c", program], { encoding: "utf8", input: JSON.stringify(input) });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}
