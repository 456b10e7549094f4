/**
 * Gradient-boosted trees for ranking, leaf by leaf over histograms (after Ke et al. 2017, LightGBM), with a softmax over
 * the candidates of each query as the objective (ListNet, Cao et al. 2007): the loss is minus the log probability of the
 * track that did play next, and in part of those that played later.
 */
import { Random, requireWithin, type Steps, wholeNumber } from "../../system/index.js";
import { boostMemory } from "./boost-memory.js";
import { type ForestArrays, mostLeaves } from "./forest.js";
import type { RankingData } from "./ranking-data.js";
import { type BoostSettings, TreeGrower } from "./tree-grower.js";

export interface BoostOptions {
  readonly seed: number;
  /** How many threads work; the trees are the same. Default 1. */
  readonly threads?: number;
  readonly onTree?: (tree: number, loss: number) => void;
}

/**
 * Grows trees, a step each, on what is left of the loss by those before it.
 *
 * @throws SegueError where there is no room for the data, or trees may have more leaves than a word has bits
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

/** So few rows that one thread is done with them before another has started. */
const fewRows = 20_000;
