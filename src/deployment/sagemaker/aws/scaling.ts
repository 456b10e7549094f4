/**
 * Auto-scaling of an endpoint's instances by invocations per instance. A separate service, AWS Application Auto Scaling, does it: the
 * variant is registered as a scalable target and gets a target-tracking policy. Deregistering the target also removes the policy and
 * its alarms.
 */
import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
} from "@aws-sdk/client-application-auto-scaling";
import { awsFailure } from "../../../storage/aws-error.js";
import { variant } from "../deploying/requests.js";
import type { AwsConnection, SageMakerOptions } from "../options/options.js";
import { reaching } from "./endpoint.js";

type Scaled = Pick<SageMakerOptions, "name" | "autoScaling">;

function scalingClient(connection: AwsConnection | undefined): ApplicationAutoScalingClient {
  return new ApplicationAutoScalingClient({ ...reaching(connection), maxAttempts: 5 });
}

const targetOf = (endpoint: string) =>
  ({
    ServiceNamespace: "sagemaker",
    ResourceId: `endpoint/${endpoint}/variant/${variant}`,
    ScalableDimension: "sagemaker:variant:DesiredInstanceCount",
  }) as const;

/** The requests that set the policy, in order; empty without `autoScaling`. */
export function scalingRequests({ name, autoScaling }: Scaled): {
  register: RegisterScalableTargetCommandInput;
  policy: PutScalingPolicyCommandInput;
}[] {
  if (autoScaling === undefined) return [];
  const { minCapacity = 1, maxCapacity, targetInvocations } = autoScaling;
  return [
    {
      register: { ...targetOf(name), MinCapacity: minCapacity, MaxCapacity: maxCapacity },
      policy: {
        ...targetOf(name),
        PolicyName: `${name}-invocations`,
        PolicyType: "TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: targetInvocations,
          PredefinedMetricSpecification: {
            PredefinedMetricType: "SageMakerVariantInvocationsPerInstance",
          },
          ScaleInCooldown: autoScaling.scaleInCooldown ?? 300,
          ScaleOutCooldown: autoScaling.scaleOutCooldown ?? 60,
        },
      },
    },
  ];
}

/**
 * Sets the policy. The endpoint must be InService, otherwise it cannot be registered.
 *
 * @param onRegistered called once there is something to remove
 */
export async function putScaling(
  options: Scaled & Pick<SageMakerOptions, "connection">,
  onRegistered: () => void,
): Promise<void> {
  const client = scalingClient(options.connection);
  const failed = (error: unknown) => {
    throw awsFailure(`set the auto-scaling of ${options.name}`, error);
  };
  for (const { register, policy } of scalingRequests(options)) {
    await client.send(new RegisterScalableTargetCommand(register)).catch(failed);
    onRegistered();
    await client.send(new PutScalingPolicyCommand(policy)).catch(failed);
  }
}

/** Whether the endpoint already has auto-scaling. False if the caller lacks permission to ask: then it cannot have set it either. */
export async function hasScaling(endpoint: string, connection: AwsConnection | undefined): Promise<boolean> {
  const { ServiceNamespace, ResourceId, ScalableDimension } = targetOf(endpoint);
  const command = new DescribeScalableTargetsCommand({
    ServiceNamespace,
    ScalableDimension,
    ResourceIds: [ResourceId],
  });
  try {
    const { ScalableTargets } = await scalingClient(connection).send(command);
    return (ScalableTargets ?? []).length > 0;
  } catch (error) {
    if (/^AccessDenied/.test((error as Error).name)) return false;
    throw awsFailure(`look up the auto-scaling of ${endpoint}`, error);
  }
}

/** Removes the policy; does nothing if there is none. */
export async function removeScaling(endpoint: string, connection: AwsConnection | undefined): Promise<void> {
  try {
    await scalingClient(connection).send(new DeregisterScalableTargetCommand(targetOf(endpoint)));
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== "ObjectNotFoundException" && !/no scalable target/i.test(message)) throw error;
  }
}
