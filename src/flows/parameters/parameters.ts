/** The parameters of the four flows: meaning, range and default. Each is a flag and a line of `params.yml`. */
import { z } from "zod";
// Not imported from the room's index, which is slow to load.
import { inputForms } from "../../playlists/clean/inputs/forms.js";
import { dayOrders, escapeStyles, textEncodings } from "../../playlists/clean/raw-file-choices.js";
import { isUrl, memoryAmount } from "../../system/index.js";

const switchable = (what: string) => z.boolean().default(false).describe(what);
const folder = z
  .string()
  .refine((path) => path !== "" && !isUrl(path), "wanted a folder on this machine (S3 is for --datastore)")
  .default("data")
  .describe("the data folder: 01_raw, 02_processed, 03_inputs, 04_models, …");
const memoryLimit = z
  .string()
  .regex(memoryAmount, 'wanted an amount such as "512MB" or "4GB"')
  .default("2GB")
  .describe("memory that DuckDB may use before it spills to disk");
const seed = z.int().min(0).max(0xffffffff).default(42);

export const intermediateParameters = z.object({
  input: z
    .array(z.string())
    .default([])
    .describe("raw playlists: files or globs, plain, gzipped or in zip archives"),
  format: z
    .enum(["auto", ...inputForms])
    .default("auto")
    .describe("the form of the inputs"),
  encoding: z.enum(textEncodings).default("utf-8").describe("text encoding of the inputs"),
  escape: z
    .enum(["auto", ...escapeStyles])
    .default("auto")
    .describe('how CSV writes a quote within quotes: \\" or ""; none: quotes are literal'),
  columns: z
    .string()
    .default("")
    .describe(
      'which columns hold what: "artist=performer,track=song,playlist=list,user_id=owner,time=played_at"',
    ),
  sessionGap: z
    .int()
    .min(0)
    .default(0)
    .describe("start a new playlist after a pause of more than this many minutes; 0: never"),
  sessionLength: z
    .int()
    .min(0)
    .default(0)
    .describe("with session-gap: also start one at each multiple of this many minutes; 0: never"),
  dates: z
    .enum(["auto", ...dayOrders])
    .default("auto")
    .describe("how to read dates such as 01/02/2024; auto: as the other dates show"),
  leaveOut: z
    .array(z.string())
    .default([])
    .describe("artists whose plays are left out, such as advertisements; @FILE: all in it, one a line"),
  subset: switchable("only about half of the rows, for quick trials"),
  memoryLimit,
  data: folder,
});

export const primaryParameters = z.object({
  dev: switchable("only a sample of the playlists: see ratio"),
  ratio: z
    .number()
    .gt(0)
    .max(1)
    .default(0.1)
    .describe("the share of the playlists that dev takes, in (0, 1]"),
  splitSeed: seed.describe("chooses the split into train, validation and test"),
  minTracks: z.int().min(2).default(3).describe("drop shorter playlists, and count them"),
  mergeVersions: switchable('"Song - Radio Edit" and "Song (Remastered 2011)" count as "Song"'),
  mergeCapitals: switchable('"the beatles" and "The Beatles" count as the one played most; titles likewise'),
  memoryLimit,
  data: folder,
});

const settingList = <T extends z.ZodType>(one: T) => z.array(one).default([]);

export const modelingParameters = z.object({
  knnK: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe("the k of hit ratio@k, and how many tracks /invocations answers with"),
  questions: z
    .int()
    .min(0)
    .default(5_000)
    .describe(
      "how many playlists of a part to ask about with their whole context, evenly sampled; 0: all. The base protocol always asks all",
    ),
  seed: seed.describe("the seed of everything random in training"),
  grid: z
    .array(z.looseObject({ recommender: z.string() }))
    .default([])
    .meta({
      description:
        "the grid, a list of recommenders with their settings (as a flag: JSON); default: that of params.yml",
      examples: ['[{"recommender":"track2vec","min_count":[3,5]},{"recommender":"blend"}]'],
    }),
  recommenders: z.array(z.string()).default([]).describe("only these recommenders of the grid; default: all"),
  minCount: settingList(z.int().min(1)).describe(
    "track2vec: ignore tracks played less often (a list makes grid points)",
  ),
  epochs: settingList(z.int().min(1)).describe("track2vec: passes over the playlists"),
  vectorSize: settingList(z.int().min(1)).describe("track2vec: dimensions of a vector"),
  window: settingList(z.int().min(1)).describe("track2vec: how far away a track still counts as context"),
  nsExponent: settingList(z.number()).describe("track2vec: exponent of the negative sampling distribution"),
  sg: settingList(z.int().min(0).max(1)).describe("track2vec: 1 skip-gram, 0 CBOW"),
  data: folder,
});

export const deploymentParameters = z.object({
  // Without a default, so that a given "local" can be told from none: it outweighs sagemakerDeploy.
  target: z
    .enum(["local", "sagemaker"])
    .optional()
    .describe("where the endpoint runs; default: this machine, unless sagemaker_deploy is true"),
  refit: switchable(
    "refit the best on all playlists, including validation and test, before deploying it; its figures stay those measured",
  ),
  keep: switchable("leave the endpoint running after the check"),
  port: z.int().min(0).max(65535).default(0).describe("the port of the local endpoint; 0 takes a free one"),
  sagemakerDeploy: switchable("target sagemaker where no target is given, under the original system's name"),
  sagemakerImage: z
    .string()
    .default("763104351884.dkr.ecr.us-west-2.amazonaws.com/tensorflow-inference:2.14.1-cpu")
    .describe("the container image of the SageMaker model"),
  sagemakerInstance: z
    .string()
    .default("ml.t2.medium")
    .describe("the instance type of the SageMaker endpoint"),
  sagemakerRole: z.string().default("").describe("the ARN of SageMaker's execution role"),
  sagemakerEndpoint: z
    .string()
    .default("segue")
    .describe("the name of the SageMaker endpoint; an existing one is updated"),
  sagemakerCount: z.int().min(1).default(1).describe("how many instances, at least"),
  sagemakerMaxCount: z
    .int()
    .min(0)
    .default(0)
    .describe("add instances under load up to this many; 0 adds none"),
  sagemakerTargetInvocations: z
    .number()
    .positive()
    .default(20_000)
    .describe("invocations per instance and minute above which instances are added"),
  sagemakerServerlessMemory: z
    .int()
    .min(0)
    .default(0)
    .describe("memory of a serverless endpoint in MB, 1024 to 6144; 0 uses instances instead"),
  sagemakerServerlessConcurrency: z
    .int()
    .min(1)
    .default(5)
    .describe("concurrent requests of a serverless endpoint"),
  sagemakerCapture: z
    .string()
    .default("")
    .describe("write requests and answers to this S3 URL; default: capture nothing"),
  sagemakerCapturePercent: z.int().min(1).max(100).default(100).describe("percentage of requests to capture"),
  sagemakerRouting: z
    .enum(["all-at-once", "canary", "linear"])
    .default("all-at-once")
    .describe("how traffic moves to the new model when an endpoint is updated"),
  sagemakerRoutingPercent: z
    .int()
    .min(1)
    .max(50)
    .default(10)
    .describe("percentage of traffic in a canary or linear step"),
  sagemakerRoutingInterval: z
    .int()
    .min(0)
    .max(3600)
    .default(300)
    .describe("seconds from one step of the update to the next"),
  sagemakerAlarms: z.array(z.string()).default([]).describe("CloudWatch alarms that roll an update back"),
  sagemakerTags: z.array(z.string()).default([]).describe("tags on everything created: key=value"),
  sagemakerEnvironment: z.array(z.string()).default([]).describe("variables of the container: NAME=value"),
  sagemakerTimeout: z
    .number()
    .positive()
    .default(1800)
    .describe("seconds to wait for the endpoint to become InService"),
  bucket: z.string().default("").describe("where the model archive goes: s3://bucket/prefix"),
  bucketEncryption: z
    .enum(["", "AES256", "aws:kms"])
    .default("")
    .describe("how the archive is encrypted in S3; default: the bucket's setting"),
  bucketKmsKey: z
    .string()
    .default("")
    .describe("the key for aws:kms and the instances' disks: its id, ARN or alias"),
  dryRun: switchable("print every request that would create something in AWS, and send none"),
  data: folder,
});

export type GridSettings = z.output<typeof modelingParameters>;
export type DeploymentParameters = Readonly<z.output<typeof deploymentParameters>>;

/** The settings given as flags, which override those of the grid's track2vec and nearest entries. */
export function trackVectorOverrides(parameters: GridSettings): Record<string, unknown> {
  const { minCount, epochs, vectorSize, window, nsExponent, sg } = parameters;
  const given = { minCount, epochs, vectorSize, window, nsExponent, sg };
  return Object.fromEntries(Object.entries(given).filter(([, values]) => values.length > 0));
}
