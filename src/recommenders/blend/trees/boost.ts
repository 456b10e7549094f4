/**
 * Gradient-boosted trees for ranking, leaf by leaf over histograms (after Ke et al. 2017, LightGBM), with a softmax over
 * the candidates of each query as the objective (ListNet, Cao et al. 2007): the loss is the negative log probability of the
 * track that played next and, with lower weight, of those that played later.
 */
import { Random, requireWithin, type Steps, wholeNumber } from "../../../system/index.js";
import { boostMemory } from "./boost-memory.js";
import { type ForestArrays, mostLeaves } from "./forest.js";
import type { RankingData } from "./ranking-data.js";
import { type BoostSettings, TreeGrower } from "./tree-grower.js";

export interface BoostOptions {
  readonly seed: number;
  /** The number of threads, which does not change the trees. Default 1. */
  readonly threads?: number;
  readonly onTree?: (tree: number, loss: number) => void;
}

/**
 * Grows trees, one per step.
 *
 * @throws SegueError if the data does not fit in memory, or `leaves` is out of range
 */
export function* boostSteps(
  data: RankingData,
  settings: BoostSettings,
  options: BoostOptions,
): Steps<ForestArrays> {
  const { leaves } = settings;
  requireWithin(wholeNumber(2, mostLeaves), "leaves", leaves);
  const { width } = data;
  const sizes = { rows: data.values.length / width, width, queries: data.offsets.length - 1 };
  const memory = boostMemory(sizes, leaves, sizes.rows < fewRows ? 1 : options.threads);
  try {
    const grower = new TreeGrower(data, settings, new Random(options.seed), memory);
    for (let tree = 0; tree < settings.trees; tree++) {
      const loss = grower.grow();
      options.onTree?.(tree, loss);
      yield;
    }
    return grower.forest();
  } finally {
    memory.end();
  }
}

/** Below this, one thread finishes before another has started. */
const fewRows = 20_000;
