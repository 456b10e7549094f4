/**
 * Alternatives to the power law for the tail, each discrete on x ≥ xmin and fitted by maximum likelihood: lognormal and exponential,
 * discretised as in R's poweRlaw (the mass between x − 1/2 and x + 1/2), and the power law with exponential cut-off.
 */
import { minimise } from "./minimise.js";
import { logBetween, logUpperTail } from "./normal.js";
import { sumOver, type Tail } from "./tally.js";

export type AlternativeName = "lognormal" | "exponential" | "truncated_power_law";

export interface Alternative {
  readonly parameters: Readonly<Record<string, number>>;
  /** ln p(x), for whole x ≥ xmin. */
  readonly logMass: (x: number) => number;
}

/** Where `loss` is lowest: the minimum found from the start, and once more from there with smaller steps. */
function minimum(loss: (point: readonly number[]) => number, start: readonly number[]): readonly number[] {
  return minimise(loss, minimise(loss, start).point, 0.05).point;
}

function fitExponential(tail: Tail): Alternative {
  const excess = sumOver(tail, (x) => x - tail.xmin);
  const lambda = Math.log1p(tail.size / excess);
  const constant = Math.log(-Math.expm1(-lambda));
  return {
    parameters: { lambda },
    logMass: (x) => constant - lambda * (x - tail.xmin),
  };
}

function fitLognormal(tail: Tail): Alternative {
  const mass = (mu: number, sigma: number) => {
    const z = (x: number) => (Math.log(x) - mu) / sigma;
    const norm = logUpperTail(z(tail.xmin - 0.5));
    return (x: number) => logBetween(z(x - 0.5), Math.log1p(1 / (x - 0.5)) / sigma) - norm;
  };
  const mean = sumOver(tail, Math.log) / tail.size;
  const deviation = Math.sqrt(sumOver(tail, (x) => (Math.log(x) - mean) ** 2) / tail.size);
  const loss = ([mu, logSigma]: readonly number[]) =>
    Math.abs(logSigma!) > 5 || mu! < -500
      ? Number.POSITIVE_INFINITY
      : -sumOver(tail, mass(mu!, Math.exp(logSigma!)));
  const point = minimum(loss, [mean, Math.log(Math.max(deviation, 0.05))]);
  const [mu, sigma] = [point[0]!, Math.exp(point[1]!)];
  return { parameters: { mu, sigma }, logMass: mass(mu, sigma) };
}

// Eight-point Gauss–Legendre on [-1, 1]: the positive nodes and their weights.
const nodes = [0.1834346424956498, 0.525532409916329, 0.7966664774136267, 0.9602898564975363];
const weights = [0.362683783378362, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763];

/** Σ_{k ≥ q} k^-α e^-λ(k−q): the first terms, then the integral of the rest with Euler–Maclaurin corrections. */
function cutOffNorm(alpha: number, lambda: number, q: number): number {
  let sum = 0;
  let at = q;
  for (let i = 0; i < 64; i++, at++) sum += at ** -alpha * Math.exp(-lambda * (at - q));
  const f = at ** -alpha * Math.exp(-lambda * (at - q));
  if (f === 0) return sum;
  // With x = at·e^t the integrand is smooth; it ends where λx has grown by 45, or the log of the power has fallen by as much.
  const end = Math.min(
    Math.log1p(45 / (lambda * at)),
    alpha > 1.02 ? 45 / (alpha - 1) : Number.POSITIVE_INFINITY,
  );
  const parts = Math.max(4, Math.ceil(end * 2));
  let integral = 0;
  for (let p = 0; p < parts; p++) {
    const half = end / parts / 2;
    const middle = (2 * p + 1) * half;
    for (let i = 0; i < nodes.length; i++)
      for (const t of [middle - half * nodes[i]!, middle + half * nodes[i]!])
        integral += half * weights[i]! * Math.exp((1 - alpha) * t - lambda * at * Math.expm1(t));
  }
  const slope = -(alpha / at + lambda);
  return sum + f * (at * integral + 0.5 - slope / 12);
}

function fitTruncatedPowerLaw(tail: Tail): Alternative {
  const sumLog = sumOver(tail, Math.log);
  const excess = sumOver(tail, (x) => x - tail.xmin);
  const loss = ([alpha, logLambda]: readonly number[]) =>
    logLambda! < -40 || logLambda! > 5 || Math.abs(alpha!) > 50
      ? Number.POSITIVE_INFINITY
      : alpha! * sumLog +
        Math.exp(logLambda!) * excess +
        tail.size * Math.log(cutOffNorm(alpha!, Math.exp(logLambda!), tail.xmin));
  const point = minimum(loss, [1.5, -Math.log(tail.values.at(-1)!)]);
  const [alpha, lambda] = [point[0]!, Math.exp(point[1]!)];
  const norm = Math.log(cutOffNorm(alpha, lambda, tail.xmin));
  return {
    parameters: { alpha, lambda },
    logMass: (x) => -alpha * Math.log(x) - lambda * (x - tail.xmin) - norm,
  };
}

export const alternatives: Readonly<Record<AlternativeName, (tail: Tail) => Alternative>> = {
  lognormal: fitLognormal,
  exponential: fitExponential,
  truncated_power_law: fitTruncatedPowerLaw,
};
