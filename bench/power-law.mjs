/**
 * The power-law fit compared with R's poweRlaw, on the same counts in one run: time and results.
 *
 *   node bench/power-law.mjs [counts.txt]     one whole number per line; without a file, 300,000 generated counts (ours only)
 *
 * Needs R with poweRlaw for the peer's side: apt-get install r-cran-powerlaw
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { compareFit, fitPowerLaw, goodnessOfFit, tally } from "../dist/analysis/power-law/index.js";
import { Random } from "../dist/system/index.js";
import "./support.mjs";

const file = process.argv[2];
const random = new Random(1);
const counts = file
  ? readFileSync(file, "utf8").trim().split(/\s+/).map(Number)
  : Array.from({ length: 300_000 }, () => Math.min(1e6, Math.floor((1 - random.next()) ** (-1 / 0.9))));

let began = performance.now();
const sample = tally(counts);
const fit = fitPowerLaw(sample);
const seconds = (performance.now() - began) / 1000;
console.log(`${counts.length} counts, ${sample.values.length} distinct`);
console.log(
  `segue     xmin ${fit.xmin}  alpha ${fit.alpha.toFixed(6)}  error ${fit.alphaError.toFixed(6)}  D ${fit.distance.toFixed(6)}  ${seconds.toFixed(3)} s`,
);
if (file) {
  const script = `suppressMessages(library(poweRlaw)); x <- scan("${file}", quiet = TRUE); t <- proc.time()[["elapsed"]]
    m <- displ$new(x); e <- estimate_xmin(m, xmax = max(x)); s <- proc.time()[["elapsed"]] - t
    nll <- function(p) { m <- displ$new(x); m$setXmin(e$xmin); m$setPars(p); -dist_ll(m) }
    o <- optimize(nll, c(1.1, 6), tol = 1e-9)
    cat(sprintf("%g %.6f %.6f %.6f %.3f", e$xmin, o$minimum, 1 / sqrt(optimHess(o$minimum, nll)), e$gof, s))`;
  const done = spawnSync("Rscript", ["-e", script], { encoding: "utf8" });
  if (done.status !== 0) console.log("R's poweRlaw is not here: apt-get install r-cran-powerlaw");
  else {
    const [xmin, alpha, error, distance, theirs] = done.stdout.trim().split(/\s+/);
    console.log(
      `poweRlaw  xmin ${xmin}  alpha ${alpha}  error ${error}  D ${distance}  ${theirs} s  (${(theirs / seconds).toFixed(0)} times ours)`,
    );
  }
  began = performance.now();
  for (const c of compareFit(sample, fit))
    console.log(`  ${c.alternative.padEnd(20)} R ${c.ratio.toFixed(2).padStart(10)}  p ${c.p.toFixed(4)}`);
  const { p, samples } = await goodnessOfFit(sample, fit);
  console.log(
    `  goodness of fit p ${p} (${samples} samples)  ${((performance.now() - began) / 1000).toFixed(1)} s with the comparisons`,
  );
}
