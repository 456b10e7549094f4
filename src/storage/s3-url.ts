/** Parses "s3://bucket/prefix". */
import { misuse } from "../system/index.js";
import { isKey } from "./key.js";

/** @throws SegueError (misuse) if it is not an S3 URL with a valid bucket name and prefix */
export function parseS3Url(url: string): { bucket: string; prefix: string } {
  const parts = /^s3:\/\/([^/]*)\/?(.*)$/i.exec(url);
  if (parts === null) throw misuse(`not an S3 URL: ${url}`, "it looks like s3://bucket/prefix");
  const bucket = parts[1]!;
  // The message must not show a secret key.
  if (bucket.includes(":"))
    throw misuse(
      "an S3 URL with a key or a port in it is not accepted",
      "write s3://bucket/prefix; the key is read from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, another server from AWS_ENDPOINT_URL",
    );
  const prefix = parts[2]!.replace(/\/+$/, "");
  if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i.test(bucket)) {
    throw misuse(
      `"${bucket}" in ${url} is not a valid bucket name`,
      "names have 3 to 63 letters, digits, dots and dashes",
    );
  }
  if (prefix !== "" && !isKey(prefix)) {
    throw misuse(
      `"${prefix}" in ${url} is not a valid prefix`,
      'no part of it may be empty, "." or "..", as in s3://bucket/music/runs',
    );
  }
  return { bucket, prefix };
}
