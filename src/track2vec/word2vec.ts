/** word2vec for sentences of any tokens, as `trainTrack2Vec` for playlists. */
import { type Corpus, CorpusBuilder } from "../corpus/index.js";
import { aSignal, asWritten, misuse, requireKnown, requireWithin, Turns } from "../system/index.js";
import type { TrainOptions } from "./options/train-options.js";
import { ofWords } from "./options/wording.js";
import { type TrainingResult, trainTrack2Vec } from "./training/train.js";

/** Sentences of tokens: words, track ids, products seen in a session. */
export type Sentences = Iterable<readonly string[]> | AsyncIterable<readonly string[]>;

/**
 * Learns one vector per token from sentences (Mikolov et al. 2013, arXiv 1301.3781 and 1310.4546), as gensim's `Word2Vec` does.
 * The sentences are read once and kept in memory as 32-bit numbers.
 *
 * ```ts
 * const { vectors } = await trainWord2Vec([["the", "cat", "sat"], ["the", "dog", "sat"]], { minCount: 1, sample: 0, vectorSize: 8 });
 * vectors.nearest("cat", 2).tracks; // tokens by falling cosine
 * vectors.similarity("cat", "dog");
 * ```
 *
 * @param sentences each a list of tokens (any text, blanks included); empty ones are ignored
 * @param options gensim's names and defaults (see `Word2VecOptions`); the rest as for `trainTrack2Vec`
 * @returns `vectors` is keyed by token; its fields are named as for tracks, its messages speak of words
 * @throws SegueError (misuse) naming the sentence if one is not a list of strings; also whatever `trainTrack2Vec` throws
 * @throws the signal's reason, within 100 ms of its abort, unless the iterable itself blocks for longer
 */
export async function trainWord2Vec(
  sentences: Sentences,
  options: TrainOptions = {},
): Promise<TrainingResult> {
  // The values are validated by the training.
  requireKnown(options, Object.keys(Object(options)));
  if (options.signal !== undefined) requireWithin(aSignal, "signal", options.signal);
  const iterable = sentences as Partial<Iterable<unknown> & AsyncIterable<unknown>> | undefined;
  if (typeof (iterable?.[Symbol.iterator] ?? iterable?.[Symbol.asyncIterator]) !== "function")
    throw misuse(
      `trainWord2Vec needs sentences, got ${asWritten(sentences)}`,
      'write [["the", "cat", "sat"], …]',
    );
  const wording = { ...ofWords, ...options.wording };
  return trainTrack2Vec(await corpusOf(sentences, options.signal), { ...options, wording });
}

/** Sentences read between two checks of the clock: they are short. */
const SENTENCES_AT_ONCE = 256;

async function corpusOf(sentences: Sentences, signal: AbortSignal | undefined): Promise<Corpus> {
  signal?.throwIfAborted();
  const builder = new CorpusBuilder();
  let count = 0;
  const turns = new Turns(signal);
  for await (const tokens of sentences) {
    count++;
    requireTokens(tokens, count);
    if (tokens.length > 0) builder.add({ id: "", tracks: tokens });
    if (count % SENTENCES_AT_ONCE === 0 && turns.due) await turns.take();
  }
  return builder.build();
}

function requireTokens(tokens: unknown, number: number): void {
  if (!Array.isArray(tokens))
    throw misuse(
      `sentence ${number} must be a list of tokens, got ${typeof tokens}`,
      'Split text first: text.split(" ").',
    );
  const at = tokens.findIndex((token) => typeof token !== "string");
  if (at >= 0)
    throw misuse(`token ${at + 1} of sentence ${number} must be a string, got ${typeof tokens[at]}`);
}
