import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { Random } from "../../system/index.js";
import { processorMs } from "../../system/time.testkit.js";
import { powerLawSampler } from "./bootstrap.js";
import { compareFit, fitPowerLaw, goodnessOfFit, hurwitzZeta, tally } from "./index.js";
import { logBetween, logUpperTail } from "./normal.js";

/** Draws from a discrete power law, by inversion of its distribution. */
function powerLawSample(alpha: number, xmin: number, n: number, seed = 1): number[] {
  const random = new Random(seed);
  const norm = hurwitzZeta(alpha, xmin);
  return Array.from({ length: n }, () => {
    const u = 1 - random.next();
    let x = xmin;
    let above = 1;
    while ((above -= x ** -alpha / norm) >= u && x < 1e5) x++;
    return x;
  });
}

/** A power law from 5 on, with a different body below. */
function mixedSample(): number[] {
  const random = new Random(4);
  return [...powerLawSample(2.4, 5, 3000, 9), ...Array.from({ length: 3000 }, () => 1 + random.below(4))];
}

describe("special functions", () => {
  it("knows ζ(2, 1) = π²/6, ζ(4, 1) = π⁴/90 and ζ(s, q) − ζ(s, q + 1) = q^-s", () => {
    expect(hurwitzZeta(2, 1)).toBeCloseTo(Math.PI ** 2 / 6, 12);
    expect(hurwitzZeta(4, 1)).toBeCloseTo(Math.PI ** 4 / 90, 12);
    for (const [s, q] of [
      [1.05, 3],
      [2.5, 14],
      [6, 40],
      [20, 2],
    ] as const)
      expect((hurwitzZeta(s, q) - hurwitzZeta(s, q + 1)) / q ** -s).toBeCloseTo(1, 9);
  });

  it("computes the normal distribution's tails, near and far", () => {
    expect(Math.exp(logUpperTail(1.959963984540054))).toBeCloseTo(0.025, 12);
    expect(Math.exp(logUpperTail(-1))).toBeCloseTo(0.8413447460685429, 12);
    expect(logUpperTail(20)).toBeCloseTo(-203.917155, 5);
    expect(Math.exp(logBetween(-1, 2))).toBeCloseTo(0.6826894921370859, 12);
    expect(logBetween(10, 1)).toBeCloseTo(logUpperTail(10), 3);
    // The density at 5 is e^-12.5 / √(2π).
    const density = -12.5 - Math.log(2 * Math.PI) / 2;
    for (const low of [5, -5]) expect(logBetween(low, 1e-9)).toBeCloseTo(density + Math.log(1e-9), 8);
    // Two intervals that are narrow make one that is not.
    const half = (low: number) => Math.exp(logBetween(low, 2.4e-4));
    expect(logBetween(2, 4.8e-4)).toBeCloseTo(Math.log(half(2) + half(2 + 2.4e-4)), 10);
  });
});

describe("fitPowerLaw", () => {
  it("finds the exponent and xmin", () => {
    const fit = fitPowerLaw(mixedSample());
    expect(fit.xmin).toBeGreaterThanOrEqual(5);
    expect(fit.xmin).toBeLessThanOrEqual(7);
    expect(Math.abs(fit.alpha - 2.4)).toBeLessThan(3 * fit.alphaError);
    expect(fit.total).toBe(6000);
  });

  it("uses a given xmin", () => {
    const fit = fitPowerLaw(powerLawSample(2.2, 1, 4000), { xmin: 3 });
    expect(fit.xmin).toBe(3);
    expect(Math.abs(fit.alpha - 2.2)).toBeLessThan(3 * fit.alphaError);
  });

  it("uses a given xmin that no value has", () => {
    const sample = [1, 2, 6, 6, 6, 7, 8, 9, 12, 20];
    const { alpha, xmin, tail, logLikelihood, distance } = fitPowerLaw(sample, { xmin: 5 });
    expect([xmin, tail]).toEqual([5, 8]);
    const sumLog = sample.slice(2).reduce((sum, x) => sum + Math.log(x), 0);
    const likelihood = (a: number) => -a * sumLog - tail * Math.log(hurwitzZeta(a, 5));
    expect(logLikelihood).toBeCloseTo(likelihood(alpha), 9);
    for (const other of [alpha - 0.01, alpha + 0.01]) expect(likelihood(other)).toBeLessThan(logLikelihood);
    // The law has mass at 5, where the sample has none.
    expect(distance).toBeCloseTo(5 ** -alpha / hurwitzZeta(alpha, 5), 12);
  });

  it("refuses samples that it cannot fit", () => {
    expect(() => fitPowerLaw([4, 4, 4])).toThrow(/the counts differ too little/);
    // Below xmin there are others, but the tail has one value.
    expect(() => fitPowerLaw([1, 2, 8, 8, 8], { xmin: 5 })).toThrow(/the counts differ too little/);
    // α was 60, where the search ends.
    expect(() => fitPowerLaw([300, 300, 301])).toThrow(/the counts differ too little/);
    expect(() => fitPowerLaw([1, 2.5])).toThrow(/invalid count: 2.5/);
  });

  it("fits 300,000 counts in under 5 s", async () => {
    const random = new Random(2);
    const sample = Array.from({ length: 300_000 }, () => Math.floor((1 - random.next()) ** (-1 / 0.9)));
    const taken = await processorMs(() => {
      expect(fitPowerLaw(sample.map((x) => Math.min(x, 1e6))).alpha).toBeGreaterThan(1.7);
    });
    expect(taken).toBeLessThan(5000);
  });
});

describe("compareFit", () => {
  it("prefers the law that the sample was drawn from", () => {
    const sample = tally(powerLawSample(2.3, 1, 3000));
    const against = Object.fromEntries(
      compareFit(sample, fitPowerLaw(sample, { xmin: 1 })).map((c) => [c.alternative, c]),
    );
    expect(against.exponential!.ratio).toBeGreaterThan(0);
    expect(against.exponential!.p).toBeLessThan(0.01);
    // The power law is a special case of it, so it is never less likely.
    expect(against.truncated_power_law!.ratio).toBeLessThanOrEqual(1e-3);
    const random = new Random(3);
    const decaying = tally(
      Array.from({ length: 3000 }, () => 1 + Math.floor(-20 * Math.log(1 - random.next()))),
    );
    const [, exponential] = compareFit(decaying, fitPowerLaw(decaying, { xmin: 1 }));
    expect(exponential!.ratio).toBeLessThan(0);
    expect(exponential!.parameters.lambda).toBeCloseTo(1 / 20, 2);
  });

  it("finds the parameters of a lognormal", () => {
    const random = new Random(5);
    const sample = tally(
      Array.from({ length: 8000 }, () => Math.max(1, Math.round(Math.exp(3 + 0.8 * random.normal())))),
    );
    const [lognormal] = compareFit(sample, fitPowerLaw(sample, { xmin: 1 }));
    expect(lognormal!.parameters.mu).toBeCloseTo(3, 1);
    expect(lognormal!.parameters.sigma).toBeCloseTo(0.8, 1);
    expect(lognormal!.ratio).toBeLessThan(0);
    expect(lognormal!.p).toBeLessThan(0.01);
  });
});

describe("goodnessOfFit", () => {
  it.each([
    [1.5, 1],
    [2.6, 30],
  ])("draws from a law of exponent %d from %i on, however rare the number", (alpha, xmin) => {
    const draw = powerLawSampler(alpha, xmin);
    const above = (x: number) => hurwitzZeta(alpha, x) / hurwitzZeta(alpha, xmin);
    for (let u = 1; u > 1e-7; u *= 0.7) {
      const x = draw(u);
      expect(above(x)).toBeGreaterThanOrEqual(u);
      expect(above(x + 1)).toBeLessThan(u);
    }
    expect(draw(1e-7)).toBeGreaterThan(100_000);
  });

  it("accepts a power law, rejects an exponential, and is reproducible", async () => {
    const sample = tally(powerLawSample(2.3, 2, 1500, 2));
    const good = await goodnessOfFit(sample, fitPowerLaw(sample), { samples: 40 });
    expect(good.p).toBeGreaterThan(0.1);
    expect(await goodnessOfFit(sample, fitPowerLaw(sample), { samples: 40 })).toEqual(good);
    const random = new Random(8);
    const decaying = tally(
      Array.from({ length: 4000 }, () => 1 + Math.floor(-30 * Math.log(1 - random.next()))),
    );
    const bad = await goodnessOfFit(decaying, fitPowerLaw(decaying, { xmin: 1 }), { samples: 20 });
    expect(bad.p).toBeLessThan(0.1);
  });
});

const r = spawnSync("Rscript", ["-e", "suppressMessages(library(poweRlaw))"]);
const hasR = r.status === 0;
if (!hasR) console.warn("skipped: comparison with R's poweRlaw (apt-get install r-cran-powerlaw)");

describe.skipIf(!hasR)("beside R's poweRlaw", () => {
  it("agrees to 3 digits on alpha, its standard error, xmin and D", () => {
    const sample = mixedSample();
    const script = `suppressMessages(library(poweRlaw)); x <- scan(file("stdin"), quiet = TRUE)
      m <- displ$new(x); e <- estimate_xmin(m)
      nll <- function(p) { m <- displ$new(x); m$setXmin(e$xmin); m$setPars(p); -dist_ll(m) }
      o <- optimize(nll, c(1.2, 5), tol = 1e-9)
      cat(e$xmin, o$minimum, 1 / sqrt(optimHess(o$minimum, nll)), e$gof)`;
    const done = spawnSync("Rscript", ["-e", script], { input: sample.join("\n"), encoding: "utf8" });
    const [xmin, alpha, error, distance] = done.stdout.trim().split(/\s+/).map(Number);
    const fit = fitPowerLaw(sample);
    expect(fit.xmin).toBe(xmin);
    expect(fit.alpha / alpha!).toBeCloseTo(1, 3);
    expect(fit.alphaError / error!).toBeCloseTo(1, 3);
    expect(fit.distance / distance!).toBeCloseTo(1, 2);
  });
});
