/** Slices: the same metrics over parts of the queries, to see where a recommender does well. */
import { remembered } from "../../system/index.js";
import type { TrainingFacts } from "../facts.js";

/** One way to partition the queries: each gets exactly one of the labels. */
export interface Slicing {
  /** The criterion: "last track", "target", "context length", "next artist". */
  readonly by: string;
  readonly labels: readonly string[];
  /**
   * The index into `labels`.
   *
   * @param played the track numbers of the context, negative for tracks not in training
   * @param next the target's number, -1 if it is not in training
   */
  labelOf(played: Int32Array, next: number): number;
}

/** The slicings that the facts support ("next artist" needs artists). */
export function slicings(facts: TrainingFacts): Slicing[] {
  const list: Slicing[] = [byLastTrack, byTarget(facts), byLength];
  if (facts.artistOf !== undefined) list.push(byArtist(facts.artistOf));
  return list;
}

/** Whether the last track of the context is in training, only some other track of it, or none. */
const byLastTrack: Slicing = {
  by: "last track",
  labels: ["known", "unknown, others known", "nothing known"],
  labelOf: (played) => {
    if ((played.at(-1) ?? -1) >= 0) return 0;
    return played.some((track) => track >= 0) ? 1 : 2;
  },
};

/**
 * How popular the target is in training. The tracks that make up the first, second and last third of all plays, most played
 * first, are head, middle and tail. Nobody can hit a target that is not in training.
 */
function byTarget(facts: TrainingFacts): Slicing {
  const part = popularityThirds(facts);
  return {
    by: "target",
    labels: ["head", "middle", "tail", "never in training"],
    labelOf: (_, next) => (next < 0 ? 3 : part[next]!),
  };
}

const thirds = new WeakMap<TrainingFacts, Uint8Array>();

/** By track number: 0, 1 or 2. Computed once per facts, however many recommenders are evaluated. */
function popularityThirds(facts: TrainingFacts): Uint8Array {
  return remembered(thirds, facts, () => {
    const order = Uint32Array.from(facts.plays.keys()).sort(
      (a, b) => facts.plays[b]! - facts.plays[a]! || a - b,
    );
    const all = facts.plays.reduce((sum, plays) => sum + plays, 0);
    const part = new Uint8Array(facts.size);
    let gathered = 0;
    for (const track of order) {
      part[track] = Math.min(2, Math.floor((3 * gathered) / all));
      gathered += facts.plays[track]!;
    }
    return part;
  });
}

const lengths = [0, 1, 4, 9, 49];

const byLength: Slicing = {
  by: "context length",
  labels: ["0", "1", "2–4", "5–9", "10–49", "50 or more"],
  labelOf: (played) => {
    const at = lengths.findIndex((longest) => played.length <= longest);
    return at === -1 ? lengths.length : at;
  },
};

/** Whether the target is by the artist of the last track. */
function byArtist(artistOf: Int32Array): Slicing {
  return {
    by: "next artist",
    labels: ["the same", "another", "not known"],
    labelOf: (played, next) => {
      const before = artistOf[played.at(-1) ?? -1] ?? -1;
      const after = artistOf[next] ?? -1;
      if (before < 0 || after < 0) return 2;
      return before === after ? 0 : 1;
    },
  };
}
