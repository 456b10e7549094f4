/** The endpoint's requests and answers; /docs is generated from these. */
import { z } from "zod";
import { quoted } from "../system/index.js";
import { longestText } from "./answers/question.js";

/** The most tracks in a context; clients with longer playlists should send the last ones. */
export const longestContext = 1_000;
export const mostTracks = 1_000;
export const mostInstances = 1_000;
const tooManyInstances = `has more than ${mostInstances}: send them in several requests`;
const mostExcluded = 10_000;
/** Each added track costs one recommendation, and they run one after the other. */
const longestExtension = 100;

const isWellFormed = (value: string) => !/\p{Cs}/u.test(value);

const text = z
  .string()
  .min(1)
  .max(longestText)
  .refine(isWellFormed, "must be well-formed Unicode: it holds half of a surrogate pair");

/** An object with exactly these fields; the error for any other lists them. */
function withFields<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `unknown field ${quoted(issue.keys.slice(0, 3))}; the fields are ${Object.keys(shape).join(", ")}`
        : undefined,
  });
}

export const trackId = text.describe('A track id, "Artist-Track"');

const k = (fallback: number) =>
  z
    .number()
    .int()
    .min(1)
    .max(mostTracks)
    .default(fallback)
    .describe(`How many tracks to return, 1 to ${mostTracks}`);

const contextFields = {
  context: z
    .array(trackId)
    .max(longestContext, `has more than ${longestContext} tracks: send the last ones`)
    .default([])
    .describe(
      "The tracks played so far, in playing order; with neither these nor a title, popular tracks answer",
    ),
  title: text.optional().describe("The playlist's title, for recommenders that read it"),
  recommender: text.optional().describe("Which recommender of the bundle answers; default: the best one"),
};

/** Rules over answers; see `Rules` of the recommenders. */
const ruleFields = {
  exclude: z.array(trackId).max(mostExcluded).optional().describe("Tracks to leave out"),
  per_artist: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      "At most this many tracks by one artist; default: no limit, or for an extended playlist, artists are mixed as in real ones",
    ),
  artist_separation: z
    .number()
    .int()
    .min(0)
    .max(longestContext)
    .optional()
    .describe(
      "At least this many tracks between two by one artist, also from the end of the context; by default none. A ranking only " +
        "leaves out the artists of the context's last tracks, this many",
    ),
  filters: withFields({
    artists: z.array(text).min(1).max(mostTracks).optional().describe("Only tracks by these artists"),
    words: z
      .array(text)
      .min(1)
      .max(100)
      .optional()
      .describe("Only tracks from playlists with one of these words in the title"),
  }).optional(),
};

export const recommendRequest = withFields({
  ...contextFields,
  k: k(20),
  ...ruleFields,
  exclude_played: z.boolean().default(false).describe("Leave out the tracks of the context"),
  explain: z.boolean().default(false).describe("Say why each track is recommended"),
}).meta({
  title: "RecommendRequest",
  example: { context: ["Daft Punk-One More Time", "Justice-D.A.N.C.E."], k: 10 },
});

export const extendRequest = withFields({
  ...contextFields,
  n: z.number().int().min(1).max(longestExtension).default(10).describe("How many tracks to add"),
  ...ruleFields,
  variety: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("0 takes the best track each time; higher values draw from the best ten"),
  seed: z.number().int().min(0).max(0xffffffff).default(1).describe("The seed of these draws"),
}).meta({ title: "ExtendRequest", example: { context: [], title: "rainy sunday", n: 20 } });

export const trackView = z.object({
  id: z.string(),
  artist: z.string().optional(),
  title: z.string(),
});

export const unknownTrack = z.object({
  track: z.string(),
  nearest: z.array(z.string()).describe("The known tracks with the most similar names"),
});

const answerFields = {
  bundle: z.string().describe("The version of the bundle that answered"),
  recommender: z
    .string()
    .describe("Which recommender answered: the requested one, or popularity if that one had no answer"),
  fallback: z
    .boolean()
    .describe(
      "True if no track of the context is known and no title is given: the recommender then answers with tracks by " +
        "the artists of the unknown tracks (the blend also with what plays beside these) or, if it does not know them " +
        "either, with popular tracks",
    ),
  unknown: z.array(unknownTrack).describe("The tracks of the context that the model does not know"),
  read_as: z
    .array(z.object({ track: z.string(), as: z.string() }))
    .optional()
    .describe(
      "Tracks of the context that were matched to a known one by their words, without guests and release tags, or at " +
        "least to a known artist",
    ),
  not_excluded: z
    .array(z.string())
    .optional()
    .describe("The tracks of exclude that the model does not know, so that they leave nothing out"),
  remarks: z
    .array(z.string())
    .optional()
    .describe("Why there are no tracks, if there are none, or why a playlist is extended by fewer than n"),
};

export const recommendAnswer = z.object({
  ...answerFields,
  tracks: z
    .array(
      trackView.extend({
        score: z.number(),
        reasons: z
          .array(z.looseObject({ kind: z.string() }))
          .optional()
          .describe("Facts that speak for the track, the strongest kind first"),
        because: z.string().optional().describe("The reasons as one line"),
      }),
    )
    .describe("Best first"),
});

export const extendAnswer = z.object({
  ...answerFields,
  tracks: z
    .array(trackView)
    .describe("What to add, in playing order; fewer than n if no more pass the rules"),
});

export const errorAnswer = z.object({
  error: z.string().describe("What is wrong"),
  code: z.string().describe("A stable word for programs"),
  request_id: z.string().describe("The same id as in the answer's X-Request-Id header and in the log"),
  hint: z.string().optional().describe("What to do about it"),
  issues: z.array(z.object({ at: z.string(), message: z.string() })).optional(),
});

/** One track, or a list of one if a client sends the signature's shape [N, 1], as for the original's served model. */
const input = z.union([trackId, z.tuple([trackId])]);

/** One row of the row form. */
export const instance = z.union([input, withFields({ input_1: input })], {
  error: 'must be a string, "Artist-Track", or {"input_1": "Artist-Track"}',
});

/** TensorFlow Serving's REST API: row form ("instances") or column form ("inputs"). */
export const invocationsRequest = withFields({
  signature_name: z.literal("serving_default").optional(),
  instances: z.array(instance).min(1).max(mostInstances, tooManyInstances).optional(),
  inputs: z
    .union(
      [
        z.array(input).min(1).max(mostInstances, tooManyInstances),
        withFields({ input_1: z.array(input).min(1).max(mostInstances, tooManyInstances) }),
      ],
      { error: 'must be ["Artist-Track", …] or {"input_1": ["Artist-Track", …]}, 1 to 1000 of them' },
    )
    .optional(),
})
  .refine(
    (body) => (body.instances === undefined) !== (body.inputs === undefined),
    'must have either "instances" (row form) or "inputs" (column form): {"instances": ["Artist-Track"]}',
  )
  .meta({ title: "InvocationsRequest", example: { instances: ["Daft Punk-One More Time"] } });

const scores = z.array(z.number()).describe("Scores, best first");
const ids = z.array(z.string()).describe("Track ids, best first");

export const invocationsAnswer = z.union([
  z.object({ predictions: z.array(z.object({ output_1: scores, output_2: ids })) }),
  z.object({ outputs: z.object({ output_1: z.array(scores), output_2: z.array(ids) }) }),
]);

export const tracksQuery = withFields({
  q: z
    .string({ error: ({ input }) => (input === undefined ? "is missing: /v1/tracks?q=words" : undefined) })
    .min(1)
    .max(200)
    .refine(isWellFormed, "must be well-formed Unicode: it holds half of a surrogate pair")
    .describe("Words in titles and artists; typos are tolerated"),
  // Only digits, unlike `z.coerce`, which also reads "0x10" and "1e1".
  limit: z
    .preprocess(
      (text) => (typeof text === "string" && /^\d+$/.test(text) ? Number(text) : text),
      z.number().int().min(1).max(100),
    )
    .default(10)
    .describe("How many tracks to return, 1 to 100; default 10"),
});

export const tracksAnswer = z.object({
  bundle: z.string(),
  tracks: z.array(
    trackView.extend({ score: z.number().describe("0 to 1: how much of q the track matches") }),
  ),
});

/** The error answers that every question may get. */
export const errorAnswers = {
  "4xx": errorAnswer.describe("The request is wrong or refused: where, why, and what to do"),
  500: errorAnswer.describe("The endpoint failed; its log says why, with the same request_id"),
  503: errorAnswer.describe(
    "Too many questions are waiting, or the endpoint is stopping; try again after Retry-After",
  ),
};
