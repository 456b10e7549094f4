/**
 * Deployment to Amazon SageMaker. The AWS SDK takes half a second to load, longer than a local endpoint takes to start, so the first
 * call loads it.
 */
import type { checkSageMaker as check } from "./check.js";
import type { deploySageMaker as deploy } from "./deploying/deploy.js";
import type { planSageMaker as plan } from "./deploying/plan.js";
import type { checkOptions as checkThem } from "./options/check-options.js";
import type { removeSageMaker as remove } from "./remove.js";
import type { sageMakerStanding as standing } from "./standing.js";

export type { Serves } from "./archive/served.js";
export type { SageMakerCheckOptions } from "./check.js";
export type { SageMakerDeployment } from "./deploying/deploy.js";
export type { PlannedRequest } from "./deploying/plan.js";
export type { AutoScaling, AwsConnection, BlueGreen, SageMakerOptions } from "./options/options.js";
export type { Standing } from "./standing.js";

/** Like `checkOptions`, but returns a promise, which rejects if the options are wrong. */
export const checkSageMakerOptions = async (...of: Parameters<typeof checkThem>): Promise<void> =>
  (await import("./options/check-options.js")).checkOptions(...of);
/**
 * Returns the requests with which a deployment would create something, in order. Sends nothing to AWS, so the caller says whether the
 * endpoint exists and would be updated (`exists`, default false).
 *
 * @throws SegueError (misuse) if an option is wrong
 */
export const planSageMaker: typeof plan = async (...of) =>
  (await import("./deploying/plan.js")).planSageMaker(...of);
/**
 * Deploys a model and waits until the endpoint answers. An existing endpoint of this name is updated blue/green: it answers from the old
 * model until then, and if the update fails.
 *
 * @throws SegueError (misuse) if an option is wrong, before any request to AWS; SegueError for every later failure, after removing what
 *   was created, or with a message that says what remains
 * @throws the signal's reason, after removing everything that was created
 */
export const deploySageMaker: typeof deploy = async (...of) =>
  (await import("./deploying/deploy.js")).deploySageMaker(...of);
/**
 * Compares a deployed endpoint's answers with its bundle's, times 50 calls, and then deletes the endpoint unless `keep`.
 *
 * @throws SegueError if an answer differs or a call fails; if the endpoint could not be deleted, the message says what remains
 */
export const checkSageMaker: typeof check = async (...of) =>
  (await import("./check.js")).checkSageMaker(...of);
/**
 * Removes everything that a deployment created: auto-scaling, endpoint, configuration, model, archive.
 *
 * @throws SegueError that says what remains if not everything could be removed
 */
export const removeSageMaker: typeof remove = async (...of) =>
  (await import("./remove.js")).removeSageMaker(...of);
/**
 * Whether a deployment still exists: "there", "gone", or "replaced" by another deployment to the same endpoint name.
 *
 * @throws SegueError if AWS refuses the request or does not answer
 */
export const sageMakerStanding: typeof standing = async (...of) =>
  (await import("./standing.js")).sageMakerStanding(...of);
