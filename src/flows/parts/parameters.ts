/** The parameters of the four flows: their meaning, range and default. Every one is a flag and a line of `params.yml`. */
import { z } from "zod";
// Not by the room's door, which takes long to load.
import { inputForms } from "../../playlists/clean/forms.js";
import { dayOrders, escapeStyles, textEncodings } from "../../playlists/clean/raw-file-choices.js";
import { isUrl, memoryAmount } from "../../system/index.js";

const switchable = (what: string) => z.boolean().default(false).describe(what);
const folder = z
  .string()
  .refine((path) => path !== "" && !isUrl(path), "wanted a folder on this machine (S3 is for --datastore)")
  .default("data")
  .describe("the folder of data: 01_raw, 02_processed, 03_inputs, 04_models, …");
const memoryLimit = z
  .string()
  .regex(memoryAmount, 'wanted an amount such as "512MB" or "4GB"')
  .default("2GB")
  .describe("what DuckDB may hold in memory before it spills to disk");
const seed = z.int().min(0).max(0xffffffff).default(42);

export const intermediateParameters = z.object({
  input: z
    .array(z.string())
    .default([])
    .describe("raw playlists: files or globs, plain, gzipped or in zip archives"),
  format: z
    .enum(["auto", ...inputForms])
    .default("auto")
    .describe("what the inputs are"),
  encoding: z.enum(textEncodings).default("utf-8").describe("how the text of the inputs is encoded"),
  escape: z
    .enum(["auto", ...escapeStyles])
    .default("auto")
    .describe('how CSV writes a quote within quotes: \\" or ""; none: quotes are letters'),
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
    .describe("plays more minutes apart than this are two playlists; 0: none are parted"),
  sessionLength: z
    .int()
    .min(0)
    .default(0)
    .describe("with session-gap: a playlist begins at each multiple of so many minutes, too; 0: at none"),
  dates: z
    .enum(["auto", ...dayOrders])
    .default("auto")
    .describe("which is the day in dates such as 01/02/2024; auto: as the other dates show"),
  leaveOut: z
    .array(z.string())
    .default([])
    .describe("artists whose plays are left out, such as advertisements; @FILE: all in it, one a line"),
  subset: switchable("only half of the rows, for trying things"),
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
  minTracks: z.int().min(2).default(3).describe("shorter playlists are dropped, and counted"),
  mergeVersions: switchable('"Song - Radio Edit" and "Song (Remastered 2011)" count as "Song"'),
  mergeCapitals: switchable('"the beatles" and "The Beatles" count as the one played most; titles likewise'),
  memoryLimit,
  data: folder,
});

const settingList = <T extends z.ZodType>(one: T) => z.array(one).default([]);

export const modelingParameters = z.object({
  knnK: z.int().min(1).max(10_000).default(100).describe("the k of hit ratio@k"),
  questions: z
    .int()
    .min(0)
    .default(5_000)
    .describe(
      "how many playlists of a part are asked about with their whole context, evenly chosen; 0: all. The base protocol asks all",
    ),
  seed: seed.describe("the seed of everything random in training"),
  grid: z
    .array(z.looseObject({ recommender: z.string() }))
    .default([])
    .meta({
      description:
        "the grid, a list of recommenders with their settings (JSON as a flag); without, that of params.yml",
      examples: ['[{"recommender":"track2vec","min_count":[3,5]},{"recommender":"blend"}]'],
    }),
  recommenders: z
    .array(z.string())
    .default([])
    .describe("only these recommenders of the grid; without, all of them"),
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
  target: z.enum(["local", "sagemaker"]).default("local").describe("where the endpoint runs"),
  refit: switchable(
    "fit the best again on all playlists, those of validation and test too, before it is deployed; its figures stay those measured",
  ),
  keep: switchable("leave the endpoint running after the check"),
  port: z.int().min(0).max(65535).default(0).describe("the port of the local endpoint; 0 takes a free one"),
  sagemakerDeploy: switchable("the same as target sagemaker, under the original's name"),
  sagemakerImage: z
    .string()
    .default("763104351884.dkr.ecr.us-west-2.amazonaws.com/tensorflow-inference:2.14.1-cpu")
    .describe("the container image of the SageMaker model"),
  sagemakerInstance: z
    .string()
    .default("ml.t2.medium")
    .describe("the instance type of the SageMaker endpoint"),
  sagemakerRole: z.string().default("").describe("the ARN of the role that SageMaker takes"),
  sagemakerEndpoint: z
    .string()
    .default("segue")
    .describe("the name of the SageMaker endpoint; a living one is updated"),
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
    .describe("invocations of one instance a minute above which instances are added"),
  sagemakerServerlessMemory: z
    .int()
    .min(0)
    .default(0)
    .describe("MB of memory of a serverless endpoint, 1024 to 6144; 0 takes instances instead"),
  sagemakerServerlessConcurrency: z
    .int()
    .min(1)
    .default(5)
    .describe("how many requests a serverless endpoint answers at once"),
  sagemakerCapture: z
    .string()
    .default("")
    .describe("write requests and answers to this S3 URL; nothing is captured without"),
  sagemakerCapturePercent: z
    .int()
    .min(1)
    .max(100)
    .default(100)
    .describe("of the requests, how many to capture"),
  sagemakerRouting: z
    .enum(["all-at-once", "canary", "linear"])
    .default("all-at-once")
    .describe("how traffic moves to the new model when a living endpoint is updated"),
  sagemakerRoutingPercent: z
    .int()
    .min(1)
    .max(50)
    .default(10)
    .describe("of the traffic, a canary or a linear step"),
  sagemakerRoutingInterval: z
    .int()
    .min(0)
    .max(3600)
    .default(300)
    .describe("seconds from one step of the update to the next"),
  sagemakerAlarms: z.array(z.string()).default([]).describe("CloudWatch alarms that roll an update back"),
  sagemakerTags: z.array(z.string()).default([]).describe("tags of all that is made: key=value"),
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
    .describe("how the archive is encrypted in S3; without, as the bucket's default says"),
  bucketKmsKey: z
    .string()
    .default("")
    .describe("the key for aws:kms, and for the disk of the instances: its id, ARN or alias"),
  dryRun: switchable("print every request that would make something in AWS, and send none"),
  data: folder,
});

export type GridSettings = z.output<typeof modelingParameters>;
export type DeploymentParameters = Readonly<z.output<typeof deploymentParameters>>;

/** The settings given as flags, which win over those of the grid's track2vec entries. */
export function trackVectorOverrides(parameters: GridSettings): Record<string, unknown> {
  const { minCount, epochs, vectorSize, window, nsExponent, sg } = parameters;
  const given = { minCount, epochs, vectorSize, window, nsExponent, sg };
  return Object.fromEntries(Object.entries(given).filter(([, values]) => values.length > 0));
}
