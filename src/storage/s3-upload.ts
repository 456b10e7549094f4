/** Multipart upload of a file that can be stopped at any moment and then leaves nothing in the bucket. */
import { createReadStream } from "node:fs";
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { Progress } from "../system/index.js";

/** S3 takes no more parts than this. */
const mostParts = 10_000;

/** The size of a part: what was asked for, more where a file would have too many. */
export function partSizeFor(size: number, asked: number): number {
  return Math.max(asked, Math.ceil(size / mostParts));
}

/** Uploads `path` as `target`; a file of one part goes as a plain PutObject. */
export async function uploadFile(
  client: S3Client,
  target: PutObjectCommandInput,
  path: string,
  {
    size,
    partSize,
    parallel,
    progress,
    signal,
  }: { size: number; partSize: number; parallel: number; progress?: Progress; signal?: AbortSignal },
): Promise<void> {
  signal?.throwIfAborted();
  const body = createReadStream(path);
  const upload = new Upload({
    client: abortable(client, signal),
    params: { ...target, Body: body, ContentLength: size },
    partSize: partSizeFor(size, partSize),
    queueSize: parallel,
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
 * The client as `Upload` sees it. Its own abort() makes done() fail at once, while parts are still on their way and the
 * upload is not yet taken back; here the signal stops the parts instead, so that done() fails only after all of them have
 * ended and the upload was removed. Making and removing the upload are never interrupted: an id must not get lost.
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

/** A part that the server was still storing may outlive the first removal (S3's documentation of AbortMultipartUpload). */
async function sweep(
  client: S3Client,
  { Bucket, Key }: PutObjectCommandInput,
  UploadId?: string,
): Promise<void> {
  if (UploadId === undefined) return;
  try {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  } catch {
    // NoSuchUpload: it is gone, as it should be. Anything else was reported by the failure that led here.
  }
}
