/** Sends a request to SageMaker and explains its failure. */
import { awsFailure } from "../../../storage/aws-error.js";
import { messageOf, misuse, SegueError } from "../../../system/index.js";

/** @param doing for the message: "create the model playlists" */
export async function attempt<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message = messageOf(error);
    if (/assume role|role.*(trust|not valid|cannot be assumed)/i.test(message)) {
      throw new SegueError(`cannot ${doing}: SageMaker may not use the role (${message})`, {
        hint: "the role must exist, trust sagemaker.amazonaws.com, and be allowed to read the bucket",
        code: "role",
        cause: error,
      });
    }
    if ((error as Error).name === "ValidationException") throw misuse(`cannot ${doing}: ${message}`);
    throw awsFailure(doing, error);
  }
}

/** Whether the name of what was to be created is in use; SageMaker has no error type for that. */
export function isTaken(error: unknown): boolean {
  return isInvalid(error) && /already exist/i.test(messageOf(error));
}

/** Whether the endpoint is being created, updated or deleted. */
export function isBusy(error: unknown): boolean {
  return isInvalid(error) && /in-progress/i.test(messageOf(error));
}

/** Whether an earlier try of the request may have been carried out, whose answer was lost. */
export function wasRetried(error: unknown): boolean {
  return ((error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1) > 1;
}

const isInvalid = (error: unknown) => (error as Error).name === "ValidationException";
