/** Deployment to Amazon SageMaker. */
export { checkSageMaker, type SageMakerCheckOptions } from "./check.js";
export { deploySageMaker, type PlannedRequest, planSageMaker, type SageMakerDeployment } from "./deploy.js";
export type { AwsConnection, BlueGreen, SageMakerOptions } from "./options.js";
export { removeSageMaker } from "./remove.js";
