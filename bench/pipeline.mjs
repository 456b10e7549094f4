/**
 * From a raw CSV to a tested best model, compared with the same work in pandas + gensim: each is timed as a command, from start to end.
 * The bar is ten times as fast; docs/measured/pipeline.md says at which sizes it is met.
 *
 *   node bench/pipeline.mjs [playlists.csv.gz] [--sg 0|1] [--threads 2]
 *
 * Both sides read the same file, make the same playlists, split them 70/20/10, train the default grid (min_count 3, 5, 10;
 * 30 epochs, 48 dimensions, window 10), keep the best by base-protocol hit ratio@100 and test it. The peer is
 * bench/peers/pandas_gensim_pipeline.py, run by Debian's Python (python3-gensim, python3-pandas).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPython, parseArguments, realPlaylists, repository, runJson } from "./support.mjs";

const { values, positionals } = parseArguments({
  allowPositionals: true,
  options: { sg: { type: "string", default: "1" }, threads: { type: "string", default: "2" } },
});
const input = positionals[0] ?? realPlaylists();
const home = mkdtempSync(join(tmpdir(), "segue-bench-"));
try {
  const began = performance.now();
  const ours = runJson(process.execPath, [
    join(repository, "dist/cli/main.js"),
    ...["run", "intermediate", "primary", "modeling", "--json", "--input", input, "--sg", values.sg],
    ...["--recommenders", "track2vec", "--data", join(home, "data"), "--datastore", join(home, "runs")],
  ]);
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `segue           ${seconds.toFixed(1)} s, base-protocol test hit ratio@100 ${ours.baseProtocolTestHitRatio.toFixed(4)}`,
  );
  const python = findPython("gensim");
  if (python === undefined) {
    console.log(
      "pandas + gensim skipped: install Debian's python3-gensim, python3-pandas and libopenblas0-pthread",
    );
  } else {
    const theyBegan = performance.now();
    const theirs = runJson(python, [
      join(repository, "bench/peers/pandas_gensim_pipeline.py"),
      input,
      "--sg",
      values.sg,
      "--threads",
      values.threads,
    ]);
    const theirSeconds = (performance.now() - theyBegan) / 1000;
    console.log(
      `pandas + gensim ${theirSeconds.toFixed(1)} s (${theirs.seconds.toFixed(1)} s without its imports), base-protocol test hit ratio@100 ${theirs.test_hit_ratio.toFixed(4)}`,
    );
    console.log(`ratio           ${(theirSeconds / seconds).toFixed(1)} ×`);
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
