/**
 * The Hurwitz zeta function, by Euler–Maclaurin summation (Abramowitz & Stegun 23.1.30 and 23.2.9): the normalisation of the
 * discrete power law, ζ(s, q) = Σ_{k ≥ 0} (q + k)^-s.
 */

// B_2j / (2j)! for j = 1 … 6.
const bernoulli = [1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000];

/** From this q on no leading terms are needed: the first omitted correction is below 1e-15 of the sum for s ≤ 6. */
const far = 16;

/** ζ(s, q) for s > 1 and q > 0, to about 14 digits. */
export function hurwitzZeta(s: number, q: number): number {
  let sum = 0;
  let at = q;
  const start = far + Math.max(0, s - 6) * 2;
  while (at < start) sum += (at++) ** -s;
  const power = at ** -s;
  sum += (power * at) / (s - 1) + power / 2;
  let term = (power * s) / at;
  const inverseSquare = 1 / (at * at);
  for (let j = 0; j < bernoulli.length; j++) {
    sum += bernoulli[j]! * term;
    term *= (s + 2 * j + 1) * (s + 2 * j + 2) * inverseSquare;
  }
  return sum;
}
