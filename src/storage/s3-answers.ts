/** Tells answers of S3 from those of something in its place: a proxy's sign-in page, or the web console of a server. */
import type { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { foreignAnswer } from "./aws-error.js";

/** What every server gives in an answer, by operation. Without the check an object would be there, or a bucket empty, that is not. */
const signs: Readonly<Record<string, string>> = {
  GetObjectCommand: "ETag",
  HeadObjectCommand: "ETag",
  PutObjectCommand: "ETag",
  UploadPartCommand: "ETag",
  CreateMultipartUploadCommand: "UploadId",
  CompleteMultipartUploadCommand: "ETag",
  ListObjectsV2Command: "IsTruncated",
};

/** Makes requests fail whose answer, though successful, lacks what S3 always gives. */
export function refuseForeignAnswers(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        const answer = await next(args);
        const sign = signs[commandName];
        const output = answer.output as unknown as Record<string, unknown>;
        if (sign === undefined || output[sign] !== undefined) return answer;
        (output.Body as Readable | undefined)?.destroy?.();
        throw Object.assign(new Error(`no ${sign}`), { name: foreignAnswer });
      },
    { step: "deserialize", priority: "high", name: "refuseForeignAnswers" },
  );
}
