/** Multipart upload of a file that can be aborted at any moment and then leaves nothing in the bucket. */
import { createReadStream } from "node:fs";
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { Progress } from "../system/index.js";

/** S3's limit of parts per upload. */
const mostParts = 10_000;

/** The part size in bytes: as asked, or larger if the file would have too many parts. */
export function partSizeFor(size: number, asked: number): number {
  return Math.max(asked, Math.ceil(size / mostParts));
}

/** Uploads `path` as `target`; a file that fits into one part by a plain PutObject. */
export async function uploadFile(
  client: S3Client,
  target: PutObjectCommandInput,
  path: string,
  {
    size,
    partSize,
    progress,
    signal,
  }: { size: number; partSize: number; progress?: Progress; signal?: AbortSignal },
): Promise<void> {
  signal?.throwIfAborted();
  const body = createReadStream(path);
  const upload = new Upload({
    client: abortable(client, signal),
    params: { ...target, Body: body, ContentLength: size },
    partSize: partSizeFor(size, partSize),
  });
  upload.on("httpUploadProgress", ({ loaded = 0 }) =>
    progress?.({ task: `uploading ${target.Key}`, done: loaded, total: size, unit: "bytes" }),
  );
  try {
    await upload.done();
  } catch (error) {
    await sweep(client, target, upload.uploadId);
    signal?.throwIfAborted();
    throw error;
  } finally {
    body.destroy();
  }
}

/**
 * A client for `Upload` whose requests the signal aborts. Upload's own abort() makes done() fail at once, while parts are still in
 * flight and the upload is not yet removed. Aborting the parts instead makes done() fail only after all of them have ended and the
 * upload was removed. Creating and removing the upload are never interrupted, so that its id is not lost.
 */
function abortable(client: S3Client, signal: AbortSignal | undefined): S3Client {
  if (signal === undefined) return client;
  const send = (command: Parameters<S3Client["send"]>[0]) => {
    const isKept =
      command instanceof AbortMultipartUploadCommand || command instanceof CreateMultipartUploadCommand;
    return client.send(command, isKept ? {} : { abortSignal: signal });
  };
  return new Proxy(client, {
    get: (object, property) => (property === "send" ? send : Reflect.get(object, property, object)),
  });
}

/** Removes the upload again: a part that was still being stored may survive the first removal (S3's docs of AbortMultipartUpload). */
async function sweep(
  client: S3Client,
  { Bucket, Key }: PutObjectCommandInput,
  UploadId?: string,
): Promise<void> {
  if (UploadId === undefined) return;
  try {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  } catch {
    // NoSuchUpload means that it is gone, as it should be. For anything else, the failure that led here is reported.
  }
}
