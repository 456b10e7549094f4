/** The check of what a deployment to SageMaker is told, before AWS is asked for anything. */
import {
  aFunction,
  aPath,
  aSignal,
  misuse,
  numberWithin,
  requireKnown,
  requireOptions,
  someText,
  thingWith,
  type ValueRange,
} from "../../system/index.js";
import { complaintsAbout, type Described } from "./complaints.js";
import type { SageMakerOptions } from "./options.js";

/** How a complaint is put to whoever gave the options under other names. */
export interface Wording {
  /** By option ("bucket", "serverless.memoryMb"): the name that it was given under. */
  readonly names: Readonly<Record<string, string>>;
  /** Where to put it right. */
  readonly hint: string;
}

const anObject = thingWith("an object");
const seconds = numberWithin({ above: 0 });

/** What each is, at all; what it may say is looked at below, all at once. */
const ranges: Readonly<Record<keyof SageMakerOptions, ValueRange>> = {
  autoScaling: anObject,
  blueGreen: anObject,
  bucket: someText,
  connection: anObject,
  dataCapture: anObject,
  encryption: someText,
  environment: anObject,
  image: someText,
  instanceCount: numberWithin(),
  instanceType: someText,
  kmsKeyId: someText,
  model: aPath,
  name: someText,
  pollInterval: seconds,
  progress: aFunction,
  role: someText,
  serverless: anObject,
  signal: aSignal,
  tags: anObject,
  timeout: seconds,
};

/** The names within those that have some of their own. */
const within = {
  autoScaling: ["minCapacity", "maxCapacity", "targetInvocations", "scaleInCooldown", "scaleOutCooldown"],
  blueGreen: ["routing", "percent", "interval", "termination", "alarms"],
  connection: ["region", "endpoint", "credentials"],
  dataCapture: ["url", "percent"],
  serverless: ["memoryMb", "maxConcurrency"],
} as const;

const asOptions: Wording = { names: {}, hint: "nothing was asked of AWS yet" };

/**
 * @param options all but the model, which need not be there yet
 * @throws SegueError (misuse) that lists everything that is wrong, so that it can be put right in one go
 */
export function checkOptions(options: Described, { names, hint }: Wording = asOptions): void {
  requireOptions<SageMakerOptions>(options as SageMakerOptions, ranges, "a deployment to SageMaker");
  for (const [name, known] of Object.entries(within))
    requireKnown(options[name as keyof typeof within] ?? {}, known, name);
  const wrong = [...complaintsAbout(options, (option) => names[option] ?? option)];
  if (wrong.length > 0)
    throw misuse(`cannot deploy to SageMaker:\n${wrong.map((line) => `  ${line}`).join("\n")}`, hint);
}
