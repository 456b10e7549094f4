/** Validates the options of a deployment to SageMaker before any request to AWS. */
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
} from "../../../system/index.js";
import { complaintsAbout, type Described } from "./complaints.js";
import type { SageMakerOptions } from "./options.js";

/** Words the message for a caller that gives the options under other names, such as the command line. */
export interface Wording {
  /** The caller's name of each option ("bucket", "serverless.memoryMb"). */
  readonly names: Readonly<Record<string, string>>;
  /** Says where to correct them. */
  readonly hint: string;
}

const anObject = thingWith("an object");
const seconds = numberWithin({ above: 0 });

/** The type of each option. Their values are checked by `complaintsAbout`, all together. */
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

/** The names of nested options. */
const within = {
  autoScaling: ["minCapacity", "maxCapacity", "targetInvocations", "scaleInCooldown", "scaleOutCooldown"],
  blueGreen: ["routing", "percent", "interval", "termination", "alarms"],
  connection: ["region", "endpoint", "credentials"],
  dataCapture: ["url", "percent"],
  serverless: ["memoryMb", "maxConcurrency"],
} as const;

const asOptions: Wording = { names: {}, hint: "nothing was sent to AWS" };

/**
 * @param options all but the model, which need not exist yet
 * @throws SegueError (misuse) that lists everything that is wrong, so that it can be corrected in one go
 */
export function checkOptions(options: Described, { names, hint }: Wording = asOptions): void {
  requireOptions<SageMakerOptions>(options as SageMakerOptions, ranges, "a deployment to SageMaker");
  for (const [name, known] of Object.entries(within))
    requireKnown(options[name as keyof typeof within] ?? {}, known, name);
  const wrong = [...complaintsAbout(options, (option) => names[option] ?? option)];
  if (wrong.length > 0)
    throw misuse(`cannot deploy to SageMaker:\n${wrong.map((line) => `  ${line}`).join("\n")}`, hint);
}
