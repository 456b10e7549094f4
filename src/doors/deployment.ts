/**
 * `segue/deployment`: deploys bundles as endpoints, on this machine or Amazon SageMaker, and checks them.
 *
 * @module segue/deployment
 */
export {
  type AutoScaling,
  type AwsConnection,
  type BlueGreen,
  type BundleAnswers,
  type CheckResult,
  checkEndpoint,
  checkSageMaker,
  deployLocal,
  deploySageMaker,
  type LocalCheckOptions,
  type LocalDeployment,
  type LocalDeployOptions,
  type LocalEndpoint,
  type PlannedRequest,
  type Prediction,
  planSageMaker,
  removeSageMaker,
  type SageMakerCheckOptions,
  type SageMakerDeployment,
  type SageMakerOptions,
  type Serves,
  stopLocal,
} from "../deployment/index.js";
