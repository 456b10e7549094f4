/**
 * Which of two distributions the tail more likely comes from: Vuong's likelihood ratio test (Econometrica 57, 1989), as in
 * Clauset et al. 2009, appendix C.
 */
import { type AlternativeName, alternatives } from "./alternatives.js";
import type { PowerLawFit } from "./fit.js";
import { twoSided } from "./normal.js";
import { sumOver, type Tally, tailFrom } from "./tally.js";
import { hurwitzZeta } from "./zeta.js";

export interface Comparison {
  readonly alternative: AlternativeName;
  readonly parameters: Readonly<Record<string, number>>;
  /** R: log likelihood of the power law minus that of the alternative; above 0 if the power law is likelier. */
  readonly ratio: number;
  /** R divided by its standard deviation √n·σ: a z score. */
  readonly normalisedRatio: number;
  /** The probability of an |R| this large if both fit equally well. If it is small, the sign of R is significant. */
  readonly p: number;
  /** Whether the power law is a special case of the alternative. Then p comes from a χ² with one degree of freedom. */
  readonly nested: boolean;
}

/** Compares a fitted power law with each alternative, on the same tail. */
export function compareFit(sample: Tally, fit: Pick<PowerLawFit, "alpha" | "xmin">): Comparison[] {
  const tail = tailFrom(sample, fit.xmin);
  const norm = Math.log(hurwitzZeta(fit.alpha, fit.xmin));
  return (["lognormal", "exponential", "truncated_power_law"] as const).map((name) => {
    const other = alternatives[name](tail);
    const difference = (x: number) => -fit.alpha * Math.log(x) - norm - other.logMass(x);
    const ratio = sumOver(tail, difference);
    const mean = ratio / tail.size;
    const deviation = Math.sqrt(sumOver(tail, (x) => (difference(x) - mean) ** 2) / tail.size);
    const normalisedRatio = deviation === 0 ? 0 : ratio / (Math.sqrt(tail.size) * deviation);
    const nested = name === "truncated_power_law";
    const p = nested ? twoSided(Math.sqrt(2 * Math.max(0, -ratio))) : twoSided(normalisedRatio);
    return { alternative: name, parameters: other.parameters, ratio, normalisedRatio, p, nested };
  });
}
