/**
 * Deployment to Amazon SageMaker. AWS's SDK takes half a second to load, longer than a local endpoint takes to start, so it is
 * loaded by the first call.
 */
import type { checkSageMaker as check } from "./check.js";
import type { checkOptions as checkThem } from "./check-options.js";
import type { deploySageMaker as deploy } from "./deploy.js";
import type { planSageMaker as plan } from "./plan.js";
import type { removeSageMaker as remove } from "./remove.js";
import type { sageMakerStanding as standing } from "./standing.js";

export type { SageMakerCheckOptions } from "./check.js";
export type { SageMakerDeployment } from "./deploy.js";
export type { AutoScaling, AwsConnection, BlueGreen, SageMakerOptions } from "./options.js";
export type { PlannedRequest } from "./plan.js";
export type { Serves } from "./served.js";
export type { Standing } from "./standing.js";

/** As `checkOptions`, but rejects where they are wrong. */
export const checkSageMakerOptions = async (...of: Parameters<typeof checkThem>): Promise<void> =>
  (await import("./check-options.js")).checkOptions(...of);
/**
 * Every request with which a deployment would make something, in order, without asking AWS for anything; whether the endpoint
 * lives, and so will be updated, is therefore yours to say.
 *
 * @throws SegueError (misuse) for wrong options
 */
export const planSageMaker: typeof plan = async (...of) => (await import("./plan.js")).planSageMaker(...of);
/**
 * Deploys a model and waits until the endpoint answers. An endpoint of that name that lives is updated blue/green, and goes
 * on answering from the old model meanwhile, and where the update fails.
 *
 * @throws SegueError (misuse) for wrong options, before AWS is asked; SegueError for every failure after, when what was made
 *   is removed, or the message says what remains
 * @throws the signal's reason, when all that was made is removed
 */
export const deploySageMaker: typeof deploy = async (...of) =>
  (await import("./deploy.js")).deploySageMaker(...of);
/**
 * Compares a deployed endpoint's answers with its bundle's, times 50 calls, and then deletes the endpoint unless `keep`.
 *
 * @throws SegueError where an answer differs or does not come; it says what remains where the endpoint could not be deleted
 */
export const checkSageMaker: typeof check = async (...of) =>
  (await import("./check.js")).checkSageMaker(...of);
/**
 * Takes away all that a deployment made: auto-scaling, endpoint, configuration, model, archive.
 *
 * @throws SegueError that says what remains, where not all could be removed
 */
export const removeSageMaker: typeof remove = async (...of) =>
  (await import("./remove.js")).removeSageMaker(...of);
/**
 * Whether what a deployment made still answers: "there", "gone", or "replaced" by another deployment to an endpoint of its name.
 *
 * @throws SegueError where AWS does not say
 */
export const sageMakerStanding: typeof standing = async (...of) =>
  (await import("./standing.js")).sageMakerStanding(...of);
