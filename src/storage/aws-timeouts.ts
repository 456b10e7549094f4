/** Settings that every client of the SDK needs. */

// On Node 20 the SDK warns that its next versions need a newer Node. Users cannot act on that, since Segue pins the SDK.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/**
 * The SDK's timeouts for connecting (10 s) and for silence on a connection (a server that hangs, a router that dropped it). By
 * default it waits forever. After a timeout it retries, up to the client's number of attempts.
 *
 * @param silence milliseconds without a byte. Default: 70,000, more than the 60 s that SageMaker gives a model to answer
 */
export function awsTimeouts(silence = 70_000) {
  return { requestHandler: { connectionTimeout: 10_000, socketTimeout: silence } };
}
