/** Power-law analysis: fit, comparison with other laws, goodness of fit, like Python's `powerlaw` and R's poweRlaw. */
export type { AlternativeName } from "./alternatives.js";
export { type GoodnessOfFit, goodnessOfFit } from "./bootstrap.js";
export { type Comparison, compareFit } from "./compare.js";
export { fitPowerLaw, type PowerLawFit } from "./fit.js";
export { type Tally, tailFrom, tally } from "./tally.js";
export { hurwitzZeta } from "./zeta.js";
