/** A path, or a promise that nobody waited for, is no corpus; in plain JavaScript it could pass for one. */
import { asWritten, misuse } from "../system/index.js";
import type { Catalogue, Corpus } from "./corpus.js";
import type { Query } from "./sequences-file.js";

/**
 * @param of what wants it, for the message
 * @throws SegueError (misuse) where it is none
 */
export function requireCorpus(corpus: Corpus, of: string): void {
  const given: Partial<Corpus> | undefined = corpus;
  if (Array.isArray(given?.tracks) && ArrayBuffer.isView(given.items) && ArrayBuffer.isView(given.offsets))
    return;
  throw misuse(
    `${of} wants a corpus`,
    'write await readSequences("playlists.jsonl"), or make one with CorpusBuilder',
  );
}

/**
 * @param of what wants it, for the message
 * @throws SegueError (misuse) where it is none
 */
export function requireCatalogue(catalogue: Catalogue, of: string): void {
  if (Array.isArray((catalogue as Partial<Catalogue> | undefined)?.tracks)) return;
  throw misuse(
    `${of} wants a catalogue`,
    "give the corpus that the recommender was fitted on, or its bundle's",
  );
}

/**
 * @param of what wants them, for the message
 * @throws SegueError (misuse) where they are no list, or naming the first that is no query
 */
export function requireQueries(queries: readonly Query[], of: string): void {
  const hint = 'a query is { context: ["Artist-Track", …], next: "Artist-Track" }; context may be []';
  if (!Array.isArray(queries)) throw misuse(`${of} wants a list of queries, got ${asWritten(queries)}`, hint);
  const wrong = queries.findIndex(
    (query: Query | undefined) => !Array.isArray(query?.context) || typeof query.next !== "string",
  );
  if (wrong >= 0) throw misuse(`query ${wrong} of ${of} is none: ${asWritten(queries[wrong])}`, hint);
}
