/**
 * What the grid points read. Those that run in one process, one after the other, read the same parts: the last ones stay at hand.
 * The files are artifacts, whose path never comes to hold anything else.
 */
import type { Corpus, Query } from "../../corpus/index.js";
import { type TrainingFacts, trainingFacts } from "../../evaluation/index.js";
import { readCorpus, readPartQueries } from "../../playlists/index.js";

interface Kept<T> {
  readonly path: string;
  readonly value: Promise<T>;
}

/** Remembers what was read from the last path alone: a process that has more to do holds no more than it needs. */
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

export const corpusOf: (path: string) => Promise<Corpus> = once(readCorpus);

export const queriesIn: (path: string) => Promise<Query[]> = once(readPartQueries);

/** At most so many of the queries, evenly over all of them, in their order; 0: all. The same ones for every grid point. */
export function evenly(queries: readonly Query[], most: number): readonly Query[] {
  if (most === 0 || queries.length <= most) return queries;
  return Array.from({ length: most }, (_, i) => queries[Math.floor((i * queries.length) / most)]!);
}

const facts = new WeakMap<Corpus, TrainingFacts>();

export function factsOf(corpus: Corpus): TrainingFacts {
  let known = facts.get(corpus);
  if (known === undefined) {
    known = trainingFacts(corpus);
    facts.set(corpus, known);
  }
  return known;
}
