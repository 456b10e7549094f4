/** Deploys bundles, locally or to SageMaker, and checks live endpoints. */
export { answersOf, type BundleAnswers } from "./bundle-answers.js";
export { type CheckOptions, type CheckResult, checkAnswers, type Invoke, type Prediction } from "./check.js";
export {
  checkEndpoint,
  deployLocal,
  isAnswering,
  type LocalCheckOptions,
  type LocalDeployment,
  type LocalDeployOptions,
  type LocalEndpoint,
  stopLocal,
} from "./local.js";
export {
  type AutoScaling,
  type AwsConnection,
  type BlueGreen,
  checkSageMaker,
  checkSageMakerOptions,
  deploySageMaker,
  type PlannedRequest,
  planSageMaker,
  removeSageMaker,
  type SageMakerCheckOptions,
  type SageMakerDeployment,
  type SageMakerOptions,
  type Serves,
  type Standing,
  sageMakerStanding,
} from "./sagemaker/index.js";
