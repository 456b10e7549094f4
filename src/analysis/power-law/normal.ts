/** Tails of the normal distribution, accurate even if tiny: a lognormal that resembles a power law is evaluated beyond 10 sigma. */

const rootTwoPi = Math.sqrt(2 * Math.PI);

/** Φ̄(z) / φ(z) for z ≥ 3 (Mills ratio): Laplace's continued fraction, evaluated backwards. */
function millsRatio(z: number): number {
  let fraction = z;
  for (let k = 60; k >= 1; k--) fraction = z + k / fraction;
  return 1 / fraction;
}

/** Φ(z) − 1/2 for |z| ≤ 3, as φ(z) (z + z³/3 + z⁵/(3·5) + …) (Abramowitz & Stegun 26.2.11). */
function centralArea(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return (sum * Math.exp((-z * z) / 2)) / rootTwoPi;
}

/** ln P(Z > z) of a standard normal Z. */
export function logUpperTail(z: number): number {
  if (z > 3) return Math.log(millsRatio(z) / rootTwoPi) - (z * z) / 2;
  if (z < -3) return Math.log1p(-Math.exp(logUpperTail(-z)));
  return Math.log(0.5 - centralArea(z));
}

/**
 * ln P(low < Z ≤ low + width). Of a narrow interval it is width · φ at the middle, with the next term of the series: the difference of
 * two tails would be mostly rounding errors, and on them a minimiser never comes to rest.
 */
export function logBetween(low: number, width: number): number {
  const middle = low + width / 2;
  if (width * (1 + Math.abs(middle)) < 1e-3)
    return Math.log(width / rootTwoPi) - middle ** 2 / 2 + ((middle ** 2 - 1) * width ** 2) / 24;
  const high = low + width;
  if (low < 0 && high <= 0) return logBetween(-high, width);
  if (low < 0) return Math.log1p(-Math.exp(logUpperTail(-low)) - Math.exp(logUpperTail(high)));
  const outer = logUpperTail(low);
  return outer + Math.log(-Math.expm1(logUpperTail(high) - outer));
}

/** P(|Z| > z): the two-sided p value of a z score. */
export function twoSided(z: number): number {
  return Math.min(1, 2 * Math.exp(logUpperTail(Math.abs(z))));
}
