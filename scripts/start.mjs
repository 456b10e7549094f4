/**
 * `npm start`: builds Segue, generates sample playlists, and runs all four flows on them, ending with a checked endpoint
 * and a report. Arguments are passed on to `segue run`.
 */
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
// Ctrl-C reaches the command too: wait until it has stopped its processes and said how to go on.
process.on("SIGINT", () => {});

function run(script, ...args) {
  const done = spawnSync(process.execPath, [script, ...args], { stdio: "inherit" });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

const sample = "data/01_raw/sample_playlists.csv";
// Types are checked and the studio is built by `npm run build`; the main job needs neither.
run("scripts/build.mjs", "--run-only");
run("dist/cli/main.js", "sample", "--output", sample);
run("dist/cli/main.js", "run", "--input", sample, ...process.argv.slice(2));
console.error("             in this checkout it is `npx segue`; the studio needs `npm run build` first");
