/** Explains errors of AWS and compatible servers to users. */
import { messageOf, SegueError } from "../system/index.js";

interface AwsError {
  readonly name?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const byName: ReadonlyArray<readonly [names: RegExp, what: string, hint: string]> = [
  [
    /^(CredentialsProviderError|CredentialsError|TokenProviderError)$/,
    "no AWS credentials found",
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run with a role",
  ],
  [
    /^(InvalidAccessKeyId|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|AuthFailure|AuthorizationHeaderMalformed)$/,
    "the AWS credentials were refused",
    "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, the profile and the region",
  ],
  [
    /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/,
    "the AWS credentials have expired",
    "sign in again (aws sso login)",
  ],
  [
    // Before access that was denied, since S3 answers 403 to this, too. The SDK has already tried to correct the time.
    /^(RequestTimeTooSkewed|RequestInTheFuture)$/,
    "this machine's clock is wrong",
    "set it, for example by NTP",
  ],
  [
    /^(AccessDenied|AccessDeniedException|AllAccessDisabled|Forbidden|403)$/,
    "access was denied",
    "the user or role needs another permission; docs/deploy.md lists them all",
  ],
  [/^(NoSuchBucket)$/, "the bucket does not exist", "create it, or check its name, region and account"],
  [
    /^(PermanentRedirect|IllegalLocationConstraintException|301)$/,
    "the bucket is in another region",
    "set AWS_REGION to the bucket's region",
  ],
  [
    /^(ResourceLimitExceeded|LimitExceededException)$/,
    "a quota of the account is used up",
    "request an increase from AWS, or use another instance type",
  ],
  [
    /^(ThrottlingException|SlowDown|TooManyRequestsException|RequestLimitExceeded)$/,
    "AWS is throttling",
    "try again later",
  ],
];

const unreachable = /^(ENOTFOUND|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ETIMEDOUT|EAI_AGAIN|TimeoutError)$/;

const insecure = /^EPROTO$|CERT|UNABLE_TO_VERIFY/;

/** The name of an error for an answer that neither AWS nor a compatible server gives. */
export const foreignAnswer = "ForeignAnswer";

/**
 * The error to throw for one of the SDK, with what failed and what to do about it. A `SegueError` and an abort stay as they are.
 *
 * @param doing what failed, for the message: "upload model.tar.gz to s3://models"
 */
export function awsFailure(doing: string, error: unknown): Error & { readonly code?: string | undefined } {
  if (error instanceof SegueError || isAbort(error)) return error as Error;
  const { name, code, $metadata } = error as AwsError;
  const said = messageOf(error).trim();
  const status = $metadata?.httpStatusCode;
  const isForeign = name === foreignAnswer || /Deserialization error/.test(said);
  // The SDK's words for an answer that explains nothing, and for one that it cannot read.
  const detail = said === "UnknownError" || isForeign ? "" : said || (code ?? name ?? "");
  const wrap = (what: string, hint: string | undefined, kind: string) =>
    new SegueError(`cannot ${doing}: ${what}${detail && detail !== what ? ` (${detail})` : ""}`, {
      hint,
      code: kind,
      cause: error,
    });
  const elsewhere = "check AWS_ENDPOINT_URL, and whether a proxy answers in its place";
  if (isForeign) return wrap("something else than AWS has answered", elsewhere, "aws");
  // The answer to a HEAD request has no body with an error name, only a status.
  const names = [name, code, status === undefined ? undefined : String(status)];
  for (const [pattern, what, hint] of byName) {
    if (names.some((candidate) => candidate !== undefined && pattern.test(candidate)))
      return wrap(what, hint, "aws");
  }
  const isAny = (pattern: RegExp) =>
    [name, code].some((candidate) => candidate !== undefined && pattern.test(candidate));
  if (isAny(unreachable))
    return wrap("no answer", "check the network, AWS_REGION and AWS_ENDPOINT_URL", "unreachable");
  if (isAny(insecure))
    return wrap(
      "no secure connection",
      "check AWS_ENDPOINT_URL (http or https?); name a certificate authority of your own in NODE_EXTRA_CA_CERTS",
      "aws",
    );
  if (/region is missing/i.test(detail)) return wrap("no AWS region is set", "set AWS_REGION", "aws");
  // An empty variable, say, which counts as set.
  if (/region not accepted/i.test(detail))
    return wrap("the AWS region that is set is none", "set AWS_REGION to one such as us-east-1", "aws");
  if (status !== undefined && status >= 500)
    return wrap(`the server answered ${status}`, "try again later", "aws");
  if (detail === "") return wrap(`the server answered ${status ?? "nothing"}`, elsewhere, "aws");
  return wrap(detail, undefined, "aws");
}

/** Whether the error means that the object does not exist. */
export function isNotFound(error: unknown): boolean {
  const { name, $metadata } = error as AwsError;
  if (name === "NoSuchBucket") return false;
  return name === "NotFound" || name === "NoSuchKey" || $metadata?.httpStatusCode === 404;
}

/** Whether the caller aborted. */
export function isAbort(error: unknown): boolean {
  return (error as { name?: string } | undefined)?.name === "AbortError";
}
