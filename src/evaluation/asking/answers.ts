/** Asks a recommender: by track numbers if it uses those of the training corpus, else by ids. */
import {
  type Context,
  type InNumbers,
  inNumbersOf,
  type NumberedRanking,
  type Ranking,
  requireRankings,
} from "../../recommenders/contract.js";
import type { TrainingFacts } from "../facts.js";
import type { Asked } from "./asked.js";

/** A recommender, or several threads of one, which work on `lanes` batches at the same time. */
export interface Answering {
  readonly name: string;
  readonly lanes?: number;
  recommend(contexts: readonly Context[], k: number): Ranking[] | Promise<Ranking[]>;
  readonly inNumbers?: InNumbers<NumberedRanking[] | Promise<NumberedRanking[]>>;
}

/** The answer to one question. */
export interface Answer {
  /** Its track numbers, best first; -1 for tracks not in training. */
  readonly numbers: Uint32Array | Int32Array;
  readonly standings: Standings;
}

/** The positions of a question's relevant tracks in its answer (from 1, ascending), and how many relevant tracks there are. */
export interface Standings {
  readonly positions: readonly number[];
  readonly relevant: number;
}

/**
 * Asks a batch for answers of k tracks. The promise resolves once the recommender has answered, with a function that reads the answers.
 */
export type Ask = (batch: readonly Asked[], k: number) => Promise<() => Answer[]>;

export function askingOf(recommender: Answering, facts: TrainingFacts): Ask {
  const inNumbers = inNumbersOf(recommender, facts.tracks);
  return inNumbers === undefined
    ? askByIds(recommender, facts)
    : askByNumbers(recommender.name, inNumbers, facts);
}

function askByNumbers(
  name: string,
  inNumbers: NonNullable<Answering["inNumbers"]>,
  { numberOf }: TrainingFacts,
): Ask {
  return async (batch, k) => {
    const rankings = await inNumbers.recommend(
      batch.map(({ context }) => context),
      k,
    );
    requireRankings(rankings, batch.length, name, (each) => each?.numbers instanceof Uint32Array);
    return () =>
      batch.map(({ question, next }, i): Answer => {
        const { numbers } = rankings[i]!;
        const { rest } = question;
        const standings =
          rest === undefined || rest.length === 0
            ? standingOf(numbers.indexOf(next))
            : standingsOf(
                [question.next, ...rest].map((id) => numbered(id, numberOf)),
                numbers,
              );
        return { numbers, standings };
      });
  };
}

function askByIds(recommender: Answering, { numberOf }: TrainingFacts): Ask {
  return async (batch, k) => {
    const contexts = batch.map(({ tracks, context: { title } }) =>
      title === undefined ? { tracks } : { tracks, title },
    );
    const rankings = await recommender.recommend(contexts, k);
    requireRankings(rankings, batch.length, recommender.name);
    return () =>
      batch.map(({ question: { next, rest } }, i): Answer => {
        const { tracks } = rankings[i]!;
        const standings =
          rest === undefined || rest.length === 0
            ? standingOf(tracks.indexOf(next))
            : standingsOf([next, ...rest], tracks);
        return { numbers: Int32Array.from(tracks, numberOf), standings };
      });
  };
}

/** A track's number, or its id if it is not in training. */
function numbered(id: string, numberOf: TrainingFacts["numberOf"]): number | string {
  const number = numberOf(id);
  return number < 0 ? id : number;
}

const standingOf = (index: number): Standings => ({
  positions: index === -1 ? [] : [index + 1],
  relevant: 1,
});

function standingsOf<Track>(relevant: readonly Track[], answer: ArrayLike<Track>): Standings {
  const wanted = new Set(relevant);
  const { size } = wanted;
  const positions: number[] = [];
  // If a ranking lists a track twice, its first position counts.
  for (let i = 0; i < answer.length; i++) if (wanted.delete(answer[i]!)) positions.push(i + 1);
  return { positions, relevant: size };
}
