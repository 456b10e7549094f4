/** Puts questions to a recommender, by numbers where it takes those of the training tracks, else by ids. */
import {
  type Context,
  type InNumbers,
  type NumberedRanking,
  type Ranking,
  requireRankings,
} from "../recommenders/contract.js";
import type { Asked } from "./asked.js";
import type { TrainingFacts } from "./facts.js";

/** A recommender, or several threads of one: `lanes` batches are then worked on at the same time. */
export interface Answering {
  readonly name: string;
  readonly lanes?: number;
  recommend(contexts: readonly Context[], k: number): Ranking[] | Promise<Ranking[]>;
  readonly inNumbers?: InNumbers<NumberedRanking[] | Promise<NumberedRanking[]>>;
}

/** What came of one question. */
export interface Answer {
  /** The tracks of the answer, best first; -1 where training never saw one. */
  readonly numbers: Uint32Array | Int32Array;
  readonly standings: Standings;
}

/** Where the relevant tracks of a question stand in its answer, from 1 and ascending, and how many there are. */
export interface Standings {
  readonly positions: readonly number[];
  readonly relevant: number;
}

/**
 * Asks a batch for answers of k tracks. The promise is kept when the recommender has answered; what it holds reads the answers.
 */
export type Ask = (batch: readonly Asked[], k: number) => Promise<() => Answer[]>;

export function askingOf(recommender: Answering, facts: TrainingFacts): Ask {
  const { inNumbers } = recommender;
  return inNumbers !== undefined &&
    inNumbers.tracks === facts.tracks &&
    inNumbers.insteadOf === recommender.recommend
    ? askByNumbers(recommender.name, inNumbers, facts)
    : askByIds(recommender, facts);
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

/** A track's number, or its id where training never saw it. */
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
  // Each counts where it stands first, should a ranking hold it twice.
  for (let i = 0; i < answer.length; i++) if (wanted.delete(answer[i]!)) positions.push(i + 1);
  return { positions, relevant: size };
}
