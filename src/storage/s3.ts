/**
 * A store in a bucket of S3 or a compatible server (MinIO, R2, Ceph). Credentials, region and endpoint come from the SDK's default
 * chain (environment, profile, role) unless given.
 */
import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type S3ServiceException,
  type ServerSideEncryption,
} from "@aws-sdk/client-s3";
import { type Progress, SegueError, writeAtomically } from "../system/index.js";
import { awsFailure, isNotFound } from "./aws-error.js";
import { awsTimeouts } from "./aws-timeouts.js";
import { checkKey } from "./key.js";
import { PatientRetries } from "./patient-retries.js";
import { refuseForeignAnswers } from "./s3-answers.js";
import { partSizeFor, uploadFile } from "./s3-upload.js";
import { parseS3Url } from "./s3-url.js";
import type { Store, StoredObject } from "./store.js";

/** An object written within this time need not be touched. */
const freshMs = 30 * 60 * 1000;

const defaultPartSize = 8 * 1024 * 1024;

/** How often an answer that breaks off is read again. */
const defaultAttempts = 5;

export interface S3StoreOptions {
  readonly region?: string;
  /** A server other than AWS; objects are addressed as endpoint/bucket/key. */
  readonly endpoint?: string;
  /** Fixed credentials instead of the SDK's default chain. */
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Server-side encryption: AES256, aws:kms or aws:kms:dsse. Default: the bucket's. */
  readonly encryption?: ServerSideEncryption;
  /** The id, ARN or alias of the key for aws:kms. */
  readonly kmsKeyId?: string;
  /** Bytes per part of a multipart upload, at least 5 MiB. Default: 8 MiB, more for files above 80 GB. */
  readonly partSize?: number;
  /** How often a request is tried in all. Default: 5 times; once the server has answered, for a minute and a half. */
  readonly attempts?: number;
  /** Whether the server has answered before, another process: an outage is then waited out from the first request on. Default: false. */
  readonly hasAnswered?: boolean;
  /** Milliseconds without a byte after which an attempt fails. Default: 70,000. */
  readonly silence?: number;
}

export interface TransferOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export class S3Store implements Store {
  readonly url: string;
  readonly bucket: string;
  readonly client: S3Client;
  readonly #root: string;
  readonly #options: S3StoreOptions;

  /**
   * @param url "s3://bucket" or "s3://bucket/prefix"
   * @throws SegueError (misuse) if the URL is not one of a bucket
   */
  constructor(url: string, options: S3StoreOptions = {}) {
    const { bucket, prefix } = parseS3Url(url);
    this.bucket = bucket;
    this.#root = prefix === "" ? "" : `${prefix}/`;
    this.url = `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`;
    this.#options = options;
    const endpoint = options.endpoint ?? process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
    this.client = new S3Client({
      ...(options.credentials ? { credentials: options.credentials } : {}),
      ...(options.region ? { region: options.region } : {}),
      // Buckets as host names need a DNS entry each, which servers other than AWS seldom have.
      ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
      retryStrategy: new PatientRetries(options.attempts, options.hasAnswered ?? false),
      ...awsTimeouts(options.silence),
    });
    refuseForeignAnswers(this.client);
  }

  /** The full s3:// URL of an object, as SageMaker expects it. */
  urlOf(key: string): string {
    return `s3://${this.bucket}/${this.#full(key)}`;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#wholly(`read ${this.urlOf(key)}`, async () => {
      const body = await this.#open(key);
      if (body === undefined) return undefined;
      const parts: Buffer[] = [];
      for await (const part of body) parts.push(part as Buffer);
      return Buffer.concat(parts);
    });
  }

  async put(key: string, contents: Uint8Array | string): Promise<void> {
    const input = { ...this.#target(key), Body: bytesOf(contents) };
    await this.#try(`write ${this.urlOf(key)}`, () => this.client.send(new PutObjectCommand(input)));
  }

  async putIfAbsent(key: string, contents: Uint8Array | string): Promise<boolean> {
    const command = new PutObjectCommand({ ...this.#target(key), Body: bytesOf(contents), IfNoneMatch: "*" });
    for (let attempt = 1; ; attempt++) {
      try {
        await this.client.send(command);
        return true;
      } catch (error) {
        const { name, $metadata } = error as S3ServiceException;
        if (name === "PreconditionFailed") {
          // An earlier attempt whose answer was lost may have written it.
          if (($metadata.attempts ?? 1) === 1) return false;
          const there = await this.get(key);
          return there !== undefined && Buffer.compare(there, bytesOf(contents)) === 0;
        }
        // Two writers at the same instant: one has won, and the next attempt sees its object.
        if (name === "ConditionalRequestConflict" && attempt < 5) continue;
        throw awsFailure(`write ${this.urlOf(key)}`, error);
      }
    }
  }

  /** Uploads a local file. Neither an abort nor a failure leaves parts behind. */
  async putFile(key: string, path: string, { progress, signal }: TransferOptions = {}): Promise<void> {
    let size: number;
    try {
      size = (await stat(path)).size;
    } catch (error) {
      throw new SegueError(`cannot upload ${path}: no such file`, { cause: error });
    }
    const { partSize = defaultPartSize } = this.#options;
    await this.#try(`upload ${path} to ${this.urlOf(key)}`, () =>
      uploadFile(this.client, this.#target(key), path, { size, partSize, progress, signal }),
    );
  }

  /** The requests that `putFile` would send for a file of `size` bytes, after a HeadObject that looks up the key. */
  uploadRequests(key: string, size: number): Array<{ operation: string; input: object }> {
    const { Bucket, Key, ...how } = this.#target(key);
    const target = { Bucket, Key };
    const parts = Math.ceil(size / partSizeFor(size, this.#options.partSize ?? defaultPartSize));
    const upload =
      parts <= 1
        ? [{ operation: "PutObject", input: { ...target, ...how, ContentLength: size } }]
        : [
            { operation: "CreateMultipartUpload", input: { ...target, ...how } },
            ...Array.from({ length: parts }, (_, i) => ({
              operation: "UploadPart",
              input: { ...target, PartNumber: i + 1 },
            })),
            { operation: "CompleteMultipartUpload", input: target },
          ];
    return [{ operation: "HeadObject", input: target }, ...upload];
  }

  async getFile(key: string, path: string): Promise<boolean> {
    return this.#wholly(`download ${this.urlOf(key)}`, async () => {
      const body = await this.#open(key);
      if (body === undefined) return false;
      try {
        await writeAtomically(path, (temporary) =>
          pipeline(body, createWriteStream(temporary, { flush: true })),
        );
      } finally {
        // If the file cannot be created, nothing has read the body, and its connection would stay open.
        body.destroy();
      }
      return true;
    });
  }

  async exists(key: string): Promise<boolean> {
    return (await this.#head(key)) !== undefined;
  }

  async touch(key: string): Promise<boolean> {
    const head = await this.#head(key);
    if (head === undefined) return false;
    if (head.LastModified !== undefined && Date.now() - head.LastModified.getTime() < freshMs) return true;
    const target = this.#target(key);
    const CopySource = `${target.Bucket}/${target.Key.split("/").map(encodeURIComponent).join("/")}`;
    // S3 only copies an object onto itself if the request replaces something, here the metadata.
    const copy = new CopyObjectCommand({ ...target, CopySource, MetadataDirective: "REPLACE" });
    return this.client.send(copy).then(
      () => true,
      // S3 does not copy more than 5 GB in one request.
      () => false,
    );
  }

  async *list(prefix: string): AsyncGenerator<StoredObject, void> {
    const slash = prefix.lastIndexOf("/");
    if (slash > 0) checkKey(prefix.slice(0, slash));
    let token: string | undefined;
    do {
      const page = await this.#try(`list ${this.url}`, () =>
        this.client.send(
          new ListObjectsV2Command({
            Bucket: this.bucket,
            Prefix: this.#root + prefix,
            ContinuationToken: token,
          }),
        ),
      );
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        // Skips the empty objects named "folder/" that consoles create.
        if (Key === undefined || Key.endsWith("/")) continue;
        yield { key: Key.slice(this.#root.length), size: Size ?? 0, modified: LastModified?.getTime() ?? 0 };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async delete(key: string): Promise<void> {
    const input = { Bucket: this.bucket, Key: this.#full(key) };
    await this.#try(`delete ${this.urlOf(key)}`, () => this.client.send(new DeleteObjectCommand(input)));
  }

  #full(key: string): string {
    checkKey(key);
    return this.#root + key;
  }

  #target(key: string): PutObjectCommandInput & { Bucket: string; Key: string } {
    const { encryption, kmsKeyId } = this.#options;
    return {
      Bucket: this.bucket,
      Key: this.#full(key),
      ...(encryption ? { ServerSideEncryption: encryption } : {}),
      ...(kmsKeyId ? { SSEKMSKeyId: kmsKeyId } : {}),
    };
  }

  /** An object's headers; undefined if there is none. */
  async #head(key: string): Promise<HeadObjectCommandOutput | undefined> {
    try {
      return await this.client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: this.#full(key) }));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw awsFailure(`look up ${this.urlOf(key)}`, error);
    }
  }

  async #open(key: string): Promise<Readable | undefined> {
    const command = new GetObjectCommand({ Bucket: this.bucket, Key: this.#full(key) });
    try {
      const { Body } = await this.client.send(command);
      const body = Body as Readable;
      // It may fail before anyone reads it, and an error without a listener would end the process. Readers still get it later.
      body.on("error", () => {});
      return body;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw awsFailure(`read ${this.urlOf(key)}`, error);
    }
  }

  /** Retries answers that break off in the middle, as often as requests are tried at first. */
  async #wholly<T>(doing: string, read: () => Promise<T>): Promise<T> {
    const { attempts = defaultAttempts } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await read();
      } catch (error) {
        const failure = awsFailure(doing, error);
        if (failure === error || failure.code !== "unreachable" || attempt >= attempts) throw failure;
        await sleep(50 * 2 ** attempt * (1 + Math.random()));
      }
    }
  }

  async #try<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw awsFailure(doing, error);
    }
  }
}

/** Bytes, since the SDK prints a warning about the unknown length of an empty string. */
function bytesOf(contents: Uint8Array | string): Uint8Array {
  return typeof contents === "string" ? Buffer.from(contents) : contents;
}
