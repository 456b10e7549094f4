/**
 * Deployment to Amazon SageMaker. AWS's SDK takes half a second to load, longer than a local endpoint takes to start, so it is
 * loaded by the first call.
 */
import type { checkSageMaker as check } from "./check.js";
import type { checkOptions as checkThem } from "./check-options.js";
import type { deploySageMaker as deploy, planSageMaker as plan } from "./deploy.js";
import type { removeSageMaker as remove } from "./remove.js";
import type { sageMakerStanding as standing } from "./standing.js";

export type { SageMakerCheckOptions } from "./check.js";
export type { PlannedRequest, SageMakerDeployment } from "./deploy.js";
export type { AwsConnection, BlueGreen, SageMakerOptions } from "./options.js";
export type { Standing } from "./standing.js";

/** As `checkOptions`, but rejects where they are wrong. */
export const checkSageMakerOptions = async (...of: Parameters<typeof checkThem>): Promise<void> =>
  (await import("./check-options.js")).checkOptions(...of);
export const planSageMaker: typeof plan = async (...of) => (await import("./deploy.js")).planSageMaker(...of);
export const deploySageMaker: typeof deploy = async (...of) =>
  (await import("./deploy.js")).deploySageMaker(...of);
export const checkSageMaker: typeof check = async (...of) =>
  (await import("./check.js")).checkSageMaker(...of);
export const removeSageMaker: typeof remove = async (...of) =>
  (await import("./remove.js")).removeSageMaker(...of);
export const sageMakerStanding: typeof standing = async (...of) =>
  (await import("./standing.js")).sageMakerStanding(...of);
