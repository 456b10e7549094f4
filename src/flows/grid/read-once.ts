/**
 * Caches what the grid points read: those that run in one process, one after the other, read the same parts. The files are
 * artifacts, so the content of a path never changes.
 */
import { type Corpus, type Query, queriesOf, readCorpusFile } from "../../corpus/index.js";
import { type TrainingFacts, trainingFacts } from "../../evaluation/index.js";
import { remembered } from "../../system/index.js";

interface Kept<T> {
  readonly path: string;
  readonly value: Promise<T>;
}

/** Remembers only what was read from the last path, to save memory. */
function once<T>(read: (path: string) => Promise<T>): (path: string) => Promise<T> {
  let kept: Kept<T> | undefined;
  return (path) => {
    if (kept?.path === path) return kept.value;
    const value = read(path);
    kept = { path, value };
    value.catch(() => {
      kept = undefined;
    });
    return value;
  };
}

export const corpusOf: (path: string) => Promise<Corpus> = once(readCorpusFile);

export const queriesIn: (path: string) => Promise<Query[]> = once(async (path) =>
  queriesOf(await readCorpusFile(path)),
);

/** An evenly spaced sample of at most `most` queries, in order; 0: all. Every grid point gets the same. */
export function evenly(queries: readonly Query[], most: number): readonly Query[] {
  if (most === 0 || queries.length <= most) return queries;
  return Array.from({ length: most }, (_, i) => queries[Math.floor((i * queries.length) / most)]!);
}

const facts = new WeakMap<Corpus, TrainingFacts>();

export const factsOf = (corpus: Corpus): TrainingFacts =>
  remembered(facts, corpus, () => trainingFacts(corpus));
